/** Steps 29 and 30: the whole file in one call, and the lists that a front end shows page by page. */

import { ok, type Api, type Schemas } from "../jalon.js";
import { check, same, type Step } from "../steps.js";
import type { Cast } from "./access.js";

/** Whom the other chapters were about. */
export interface Subjects {
  referred: string;
  accompanied: string;
  contractId: string;
}

export async function reading(step: Step, { caseworker }: Cast, { referred, accompanied, contractId }: Subjects) {
  await step("The files show all of it, each in one call", async () => {
    const first = await fileOf(caseworker, referred);
    same(sizes(first, ["rsa_rights", "orientations", "referrals", "enrolments"]), [1, 1, 1, 1], "file of the first");
    const second = await fileOf(caseworker, accompanied);
    same(sizes(second, ["orientations", "barriers", "interventions", "readiness"]), [1, 1, 1, 1], "file of the second");
    same(second.contracts.map((contract) => contract.id), [contractId], "contracts");
  });

  await step("The deadlines are read page by page, each once", async () => {
    const deadlines = await firstPages(caseworker);
    check(deadlines.length > 0, "there are deadlines");
    const days = deadlines.map((deadline) => deadline.due_on);
    same(days, [...days].sort(), "the earliest first");
    const keys = deadlines.map((deadline) => JSON.stringify(deadline));
    same(new Set(keys).size, keys.length, "how many differ");
  });
}

type Deadline = Schemas["Deadline"];
type File = Schemas["BeneficiaryFile"];
type Chapter = { [Key in keyof File]: File[Key] extends unknown[] ? Key : never }[keyof File];

async function fileOf(api: Api, id: string): Promise<File> {
  const file = await ok(api.GET("/v1/beneficiaries/{id}/file", { params: { path: { id } } }));
  same(file.beneficiary.id, id, "whose file");
  return file;
}

function sizes(file: File, chapters: Chapter[]): number[] {
  return chapters.map((chapter) => file[chapter].length);
}

/** A few pages by `next_cursor`: as many as somebody scrolls through. */
async function firstPages(api: Api): Promise<Deadline[]> {
  const deadlines: Deadline[] = [];
  const query: { limit: number; cursor?: string } = { limit: 5 };
  for (let page = 0; page < 3; page += 1) {
    const { items, next_cursor } = await ok(api.GET("/v1/deadlines", { params: { query } }));
    deadlines.push(...items);
    if (next_cursor === null) {
      break;
    }
    query.cursor = next_cursor;
  }
  return deadlines;
}
