/** Steps 11 to 14: the right, its duties, and the way from the interview to a decision for Pôle emploi. */

import { inDays, today } from "../days.js";
import { command, created, ok, type Api, type Schemas } from "../jalon.js";
import { present, same, type Step } from "../steps.js";
import type { Cast } from "./access.js";

type Orientation = Schemas["Orientation"];
type BarrierImpact = Schemas["BarrierImpact"];

/** Gives back the id of the referral by which Pôle emploi is told. */
export async function orientation(step: Step, cast: Cast, beneficiaryId: string): Promise<string> {
  const { caseworker, manager, poleEmploiId } = cast;
  const choice = { accompaniment: "common_law", organisation_id: poleEmploiId } as const;

  await step("A manager records an RSA right, and that its duties hold", async () => {
    const right = await subjectToDuties(manager, beneficiaryId);
    same(right.subject_since, inDays(-30), "first day of the duties");
  });

  const opened = await step("The duties opened an orientation, whose interview took place", async () => {
    const first = await openedOrientation(caseworker, beneficiaryId);
    same(first.state, "to_orient", "state");
    const met = await interview(caseworker, first.id);
    same(met.interview?.outcome, "held", "outcome of the interview");
    return first;
  });

  await step("The caseworker proposes an accompaniment by Pôle emploi", async () => {
    const proposed = await propose(caseworker, opened.id, { ...choice, criteria: criteria("none") });
    same(proposed.state, "proposed", "state");
    same(proposed.proposal?.suggestion.accompaniment, "common_law", "what the criteria suggest");
  });

  return step("A manager decides it and has it notified, which refers the person", async () => {
    const decided = await decide(manager, opened.id, { ...choice, objective: "Retrouver un emploi durable" });
    same([decided.state, decided.starts_on], ["decided", today()], "state and first day");
    const notified = await ok(
      manager.POST("/v1/orientations/{id}/notification", {
        params: command(opened.id),
        body: { notified_on: today(), means: "hand", appeal_stated: true },
      }),
    );
    same(notified.state, "notified", "state");
    return present(notified.referral_id, "the referral");
  });
}

/** By hand, as for somebody whom no file of the CAF tells of. */
export async function subjectToDuties(manager: Api, beneficiaryId: string): Promise<Schemas["RsaRight"]> {
  const right = await created(
    manager.POST("/v1/beneficiaries/{id}/rsa-rights", {
      params: command(beneficiaryId),
      body: { entered_on: inDays(-40), information_received_on: inDays(-30) },
    }),
  );
  return ok(
    manager.POST("/v1/rsa-rights/{id}/duties", {
      params: command(right.id),
      body: { starts_on: inDays(-30), subject: true },
    }),
  );
}

/** The one that the duties opened: whoever is subject to them is to be oriented. */
export async function openedOrientation(caseworker: Api, beneficiaryId: string): Promise<Orientation> {
  const params = { path: { id: beneficiaryId } };
  const { items } = await ok(caseworker.GET("/v1/beneficiaries/{id}/orientations", { params }));
  return present(items[0], "an orientation");
}

/** An interview of today that took place: nothing is proposed before. */
export function interview(caseworker: Api, id: string): Promise<Orientation> {
  const body = { on: today(), outcome: "held" } as const;
  return ok(caseworker.POST("/v1/orientations/{id}/interview", { params: command(id), body }));
}

export function propose(caseworker: Api, id: string, body: Schemas["ProposeOrientation"]): Promise<Orientation> {
  return ok(caseworker.POST("/v1/orientations/{id}/proposal", { params: command(id), body }));
}

export function decide(manager: Api, id: string, body: Schemas["DecideOrientation"]): Promise<Orientation> {
  return ok(manager.POST("/v1/orientations/{id}/decision", { params: command(id), body }));
}

/** The four blocks of somebody close to work: how far mobility hinders them then makes what is suggested. */
export function criteria(mobility: BarrierImpact): Schemas["Criteria"] {
  return {
    aspirations: { project: "defined", sees_work_or_training: true },
    difficulties: { items: [{ kind: "mobility", impact: mobility }] },
    employment: { activity: "within_two_years" },
    qualification: { level: "level_4" },
  };
}
