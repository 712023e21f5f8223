/** Steps 19 to 23: a seat in a group of the association, marks sent once however often, corrected, and read. */

import { randomUUID } from "node:crypto";
import { inDays, today } from "../days.js";
import { command, created, expect, newKey, ok, refused, type Api, type Schemas } from "../jalon.js";
import { present, same, type Step } from "../steps.js";
import type { Cast } from "./access.js";

type Line = Schemas["SubmitLine"];

export async function attendance(step: Step, cast: Cast, beneficiaryId: string): Promise<void> {
  const { association, caseworker } = cast;
  const { session, enrolment } = await step("A caseworker gives them a seat before an open sheet", async () => {
    const session = await openSession(cast);
    const enrolment = await created(
      caseworker.POST("/v1/groups/{id}/enrolments", {
        params: command(session.group_id),
        body: { beneficiary_id: beneficiaryId, starts_on: session.date, status_at_entry: "rsa" },
      }),
    );
    same([enrolment.group_id, enrolment.origin], [session.group_id, "direct"], "group and origin");
    return { session, enrolment };
  });

  // The partner's own name for this person at this session: it would name the same mark for ever.
  const line: Line = {
    external_id: `scenario-${enrolment.id}`,
    session_id: session.id,
    enrolment_id: enrolment.id,
    status: "present",
    signed: true,
  };
  const header = { "Idempotency-Key": newKey() };

  const receipt = await step("The association submits their attendance", async () => {
    const { data } = await expect(201, submit(association, header, line));
    same([data.result, data.counts.recorded, outcome(data)], ["applied", 1, "recorded"], "result");
    return data;
  });

  await step("The same submission with the same key gets the same receipt", async () => {
    const again = await expect(201, submit(association, header, line));
    same(again.replayed, true, "Idempotent-Replayed");
    same(again.data, receipt, "receipt");
  });

  const version = await step("The mark is corrected by its version, and no more by that one", async () => {
    const seen = present(receipt.lines[0]?.version, "the version of the mark");
    const late: Line = { ...line, operation: "correct", version: seen, status: "late", minutes: 90 };
    const { data } = await expect(201, submit(association, { "Idempotency-Key": newKey() }, late));
    same(outcome(data), "corrected", "outcome");
    const stale: Line = { ...late, minutes: 60 };
    await refused(422, "NOTHING_APPLIED", submit(association, { "Idempotency-Key": newKey() }, stale));
    return present(data.lines[0]?.version, "the version of the mark");
  });

  await step("The sheet shows it; the seat is then given back", async () => {
    const path = { id: session.id };
    const sheet = await ok(association.GET("/v1/sessions/{id}/attendance", { params: { path } }));
    const mark = present(sheet.marks.find((one) => one.enrolment_id === enrolment.id), "the mark");
    same([mark.status, mark.minutes, mark.version], ["late", 90, version], "the mark");
    const ended = await ok(
      association.POST("/v1/enrolments/{id}/exit", {
        params: command(enrolment.id),
        body: { ends_on: today(), end_reason: "other" },
      }),
    );
    same(ended.ends_on, today(), "last day of the seat");
  });
}

/** The sheet of yesterday, in a group of its own: those of the demonstration would be full after a few runs. */
async function openSession({ association, manager }: Cast): Promise<Schemas["Session"]> {
  const group = await newGroup(association, manager);
  const planned = await created(
    association.POST("/v1/groups/{id}/sessions", {
      params: command(group.id),
      body: { date: inDays(-1), half_day: "morning", start_time: "09:00", end_time: "12:00" },
    }),
  );
  const query = { group_id: group.id, sheet: "open", to: inDays(-1) } as const;
  const { items } = await ok(association.GET("/v1/sessions", { params: { query } }));
  same(items.map((session) => session.id), [planned.id], "sessions that wait for marks");
  return present(items[0], "an open sheet");
}

/** Of the association's first action: managers create groups, and associations fill them with sessions. */
async function newGroup(association: Api, manager: Api): Promise<Schemas["Group"]> {
  const actions = await ok(association.GET("/v1/actions", { params: { query: { limit: 1 } } }));
  const action = present(actions.items[0], "an action of the association");
  return created(
    manager.POST("/v1/groups", {
      params: { header: { "Idempotency-Key": newKey() } },
      body: {
        action_id: action.id,
        code: `SCN-${randomUUID().slice(0, 8).toUpperCase()}`,
        name: "Groupe du scénario",
        place: "Salle des Quatre-Vents",
        commune_code: "87085",
        capacity: 8,
        starts_on: inDays(-7),
        ends_on: inDays(30),
      },
    }),
  );
}

function submit(association: Api, header: { "Idempotency-Key": string }, line: Line) {
  return association.POST("/v1/attendance-submissions", { params: { header }, body: { lines: [line] } });
}

function outcome(receipt: Schemas["SubmissionReceipt"]): Schemas["LineOutcome"] | undefined {
  return receipt.lines[0]?.outcome;
}
