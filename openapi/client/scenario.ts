/**
 * One scenario of thirty steps through the generated client, against a server that `jalon demo --json` started:
 *
 *     npm run --silent scenario < demo.json
 *
 * One line a step. The first one that fails ends it with exit code 1 and says the code of the problem. It can be run
 * again and again on the same data: whoever it registers is somebody new.
 */

import { access } from "./chapters/access.js";
import { attendance } from "./chapters/attendance.js";
import { contract } from "./chapters/contract.js";
import { feed } from "./chapters/feed.js";
import { orientation } from "./chapters/orientation.js";
import { person } from "./chapters/person.js";
import { reading } from "./chapters/reading.js";
import { readDemo } from "./jalon.js";
import { Failure, numberedSteps, same } from "./steps.js";

async function main(): Promise<void> {
  const demo = await readDemo();
  const { step, taken } = numberedSteps();
  const cast = await access(step, demo);
  const beneficiary = await person(step, cast);
  const referralId = await orientation(step, cast, beneficiary.id);
  await feed(step, cast, beneficiary.person_reference, referralId);
  await attendance(step, cast, beneficiary.id);
  const { beneficiaryId: accompanied, contractId } = await contract(step, cast);
  await reading(step, cast, { referred: beneficiary.id, accompanied, contractId });
  same(taken(), 30, "steps taken");
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Failure ? error.message : error);
  process.exitCode = 1;
}
