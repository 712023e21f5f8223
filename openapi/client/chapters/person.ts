/** Steps 4 to 10: a person is registered once however often the request is sent, read, and edited by one at a time. */

import { randomInt } from "node:crypto";
import { created, expect, newKey, refused, type Schemas } from "../jalon.js";
import { check, present, same, type Step } from "../steps.js";
import type { Cast } from "./access.js";

export async function person(step: Step, { caseworker }: Cast): Promise<Schemas["Beneficiary"]> {
  const body = someone();
  const header = { "Idempotency-Key": newKey() };
  const register = (as: Schemas["RegisterBeneficiary"]) =>
    caseworker.POST("/v1/beneficiaries", { params: { header }, body: as });

  const registered = await step("A caseworker registers a person", async () => {
    const beneficiary = await created(register(body));
    same(beneficiary.last_name, body.last_name, "family name");
    same(beneficiary.version, 1, "version");
    return beneficiary;
  });

  await step("The same request with the same key is answered again, and done once", async () => {
    const again = await expect(201, register(body));
    same(again.replayed, true, "Idempotent-Replayed");
    same(again.data, registered, "the answer");
  });

  await step("Another body with the same key is refused", async () => {
    await refused(422, "IDEMPOTENCY_KEY_REUSED", register({ ...body, first_name: "Autre" }));
  });

  const path = { id: registered.id };
  const etag = await step("They are read with an ETag, and not again while nothing changed", async () => {
    const read = await expect(200, caseworker.GET("/v1/beneficiaries/{id}", { params: { path } }));
    same(read.data, registered, "the person");
    const header = { "If-None-Match": read.etag };
    const { response } = await caseworker.GET("/v1/beneficiaries/{id}", { params: { path, header } });
    same(response.status, 304, "status when nothing changed");
    return read.etag;
  });

  const edit = (ifMatch: string, as: Schemas["RegisterBeneficiary"]) =>
    caseworker.PUT("/v1/beneficiaries/{id}", { params: { path, header: { "If-Match": ifMatch } }, body: as });
  const moved: Schemas["RegisterBeneficiary"] = { ...body, street: "3 rue du Pont-aux-Merles" };

  const edited = await step("They are edited by the version that was read", async () => {
    const { data, etag: after } = await expect(200, edit(etag, moved));
    same([data.street, data.version], ["3 rue du Pont-aux-Merles", 2], "street and version");
    check(after !== etag, "the ETag changed");
    return data;
  });

  await step("An edit by a version that has passed is refused", async () => {
    await refused(412, "STALE_VERSION", edit(etag, body));
  });

  await step("What does not fit the schema is refused, with its place", async () => {
    const header = { "Idempotency-Key": newKey() };
    const answer = caseworker.POST("/v1/beneficiaries", { params: { header }, body: { ...body, last_name: "" } });
    const problem = await refused(422, "INVALID", answer);
    const [fault] = problem.errors;
    same(present(fault, "a fault").pointer, "/last_name", "pointer");
  });

  return edited;
}

/** Somebody new at each run: a name that nobody has, since one who looks like another is refused. */
export function someone(): Schemas["RegisterBeneficiary"] {
  const syllables = ["bar", "col", "dru", "fen", "gal", "lim", "mor", "nus", "pel", "rau", "sev", "tam", "vir", "zel"];
  const word = (length: number) => Array.from({ length }, () => syllables[randomInt(syllables.length)]).join("");
  const name = (length: number) => word(length).replace(/^./, (initial) => initial.toUpperCase());
  return {
    title: "madam",
    last_name: name(5),
    first_name: name(3),
    birth_date: `19${randomInt(60, 100)}-0${randomInt(1, 10)}-${randomInt(10, 29)}`,
    commune_code: "87085",
    postal_code: "87000",
    street: "12 rue des Sabots-Neufs",
  };
}
