/** Steps 15 to 18: Pôle emploi pulls its feed, acknowledges it, proves that it missed nothing, and answers. */

import { createHash } from "node:crypto";
import { command, ok, type Api, type Schemas } from "../jalon.js";
import { check, present, same, type Step } from "../steps.js";
import type { Cast } from "./access.js";

type FeedPage = Schemas["FeedPage"];
type FeedEvent = Schemas["FeedEvent"];

export async function feed(step: Step, { poleEmploi, caseworker }: Cast, person: string, referralId: string) {
  const pulled = await step("Pôle emploi pulls its feed from where it stopped, and finds the referral", async () => {
    const pages = await pullAll(poleEmploi);
    const events = pages.flatMap((page) => page.items);
    checkDense(events, present(pages[0], "a page").acknowledged_seq);
    const event = present(events.find((one) => one.referral?.id === referralId), "the referral in the feed");
    same([event.type, event.referral?.state], ["referral.sent", "sent"], "the event");
    same(event.referral?.person.person_reference, person, "the person referred");
    return { events, cursor: present(pages.at(-1), "a page").next_cursor };
  });

  const [first, last] = [present(pulled.events[0], "an event"), present(pulled.events.at(-1), "an event")];

  await step("It acknowledges what it applied, and nothing is left", async () => {
    const checkpoint = await ok(poleEmploi.PUT("/v1/referral-feed/checkpoint", { body: { cursor: pulled.cursor } }));
    same(checkpoint.acknowledged_seq, last.seq, "last event acknowledged");
    const next = await ok(poleEmploi.GET("/v1/referral-feed"));
    same(next.acknowledged_seq, last.seq, "place of the next pull");
  });

  await step("The digest of the range is the one of the events it holds", async () => {
    // Ten thousand events are the most of one digest.
    const held = pulled.events.slice(-10_000);
    const query = { from_seq: Math.max(first.seq, last.seq - 9_999), to_seq: last.seq };
    const digest = await ok(poleEmploi.GET("/v1/referral-feed/digest", { params: { query } }));
    same(digest, { count: held.length, sha256: digestOf(held) }, "digest");
  });

  await step("It accepts the referral and names the referent, whom the caseworker reads", async () => {
    const referent = { last_name: "Tuilière", first_name: "Solange", email: "solange.tuiliere@example.org", phone: null };
    const accepted = await ok(
      poleEmploi.POST("/v1/referrals/{id}/acceptance", { params: command(referralId), body: { referent } }),
    );
    same([accepted.state, accepted.referent?.last_name], ["accepted", "Tuilière"], "state and referent");
    const read = await ok(caseworker.GET("/v1/referrals/{id}", { params: { path: { id: referralId } } }));
    same(read.version, accepted.version, "version that the caseworker reads");
  });
}

/** Every page from the last event acknowledged to the end of the feed. */
async function pullAll(api: Api): Promise<FeedPage[]> {
  const pages: FeedPage[] = [];
  let after: string | undefined;
  do {
    const query = { limit: 200, ...(after !== undefined && { after }) };
    const page = await ok(api.GET("/v1/referral-feed", { params: { query } }));
    pages.push(page);
    after = page.has_more ? page.next_cursor : undefined;
  } while (after !== undefined);
  return pages;
}

/** `seq` has no hole, which is how a receiver knows that it has everything. */
function checkDense(events: FeedEvent[], acknowledged: number): void {
  events.forEach((event, index) => check(event.seq === acknowledged + index + 1, `seq ${event.seq} follows its former`));
}

/** SHA-256 over the ids, 16 bytes each, in the order of `seq`. */
function digestOf(events: FeedEvent[]): string {
  const hash = createHash("sha256");
  for (const event of events) {
    hash.update(Buffer.from(event.event_id.replaceAll("-", ""), "hex"));
  }
  return hash.digest("hex");
}
