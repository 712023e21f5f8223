// `/docs` as a front-end developer uses it: authorise with a machine's credentials, send a request, read the answer. Nothing may be loaded
// from elsewhere. `JALON_DEMO` is the line that `jalon demo --json` prints, `SCREENSHOT` a file for what is seen at the end.
import assert from "node:assert/strict";
import puppeteer from "puppeteer-core";

const demo = JSON.parse(process.env.JALON_DEMO);
const base = demo.base_url.replace(/\/$/, "");
const machine = demo.clients[0];

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
  defaultViewport: { width: 1280, height: 1600 },
});
try {
  const page = await browser.newPage();
  const elsewhere = [];
  const complaints = [];
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${base}/`) && !url.startsWith("data:")) elsewhere.push(url);
  });
  page.on("pageerror", (error) => complaints.push(error.message));

  await page.goto(`${base}/docs/`, { waitUntil: "networkidle0" });
  await page.waitForSelector(".opblock");
  const operations = await page.$$eval(".opblock", (all) => all.length);
  console.log(`opened: ${operations} operations`);

  await page.click(".auth-wrapper .authorize");
  await page.waitForSelector(".auth-container");
  await page.type(".auth-container input[id^=client_id]", machine.client_id);
  await page.type(".auth-container input[id^=client_secret]", machine.client_secret);
  await page.evaluate(() => {
    const all = [...document.querySelectorAll(".auth-container .scope-def a")].find((link) => link.textContent.includes("select all"));
    all?.click();
  });
  await page.click(".auth-container .auth-btn-wrapper .authorize");
  await page.waitForFunction(() => [...document.querySelectorAll(".auth-container h6")].some((words) => words.textContent === "Authorized"));
  console.log("authorised");
  await page.click(".auth-btn-wrapper .btn-done");

  const operation = "[id$='-readMe']";
  await page.waitForSelector(operation);
  await page.click(`${operation} .opblock-summary-control`);
  await (await page.waitForSelector(`${operation} .try-out__btn`)).click();
  await (await page.waitForSelector(`${operation} .execute`)).click();
  await page.waitForSelector(`${operation} .live-responses-table .response-col_status`);
  const status = await page.$eval(`${operation} .live-responses-table tbody .response-col_status`, (cell) => cell.textContent.trim());
  const answer = await page.$eval(`${operation} .live-responses-table .highlight-code code`, (code) => code.textContent);
  assert.match(status, /^200/);
  assert.ok(answer.includes(machine.name), "the answer does not name the machine that asked");
  console.log(`sent: ${status}, and the answer names the machine`);

  await page.$eval(operation, (block) => block.scrollIntoView());
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
  assert.deepEqual(elsewhere, [], "something was loaded from elsewhere");
  assert.deepEqual(complaints, [], "the page complained");
} finally {
  await browser.close();
}
