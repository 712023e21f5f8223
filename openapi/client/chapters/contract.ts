/**
 * Steps 24 to 28: a contract, from what holds a person back to the synthesis. It is about somebody else, whom the
 * département accompanies: whoever is with Pôle emploi makes theirs there (409 `CONTRACT_ELSEWHERE`).
 */

import { inDays, today } from "../days.js";
import { command, created, newKey, ok, type Schemas } from "../jalon.js";
import { check, same, type Step } from "../steps.js";
import type { Cast } from "./access.js";
import { criteria, decide, interview, openedOrientation, propose, subjectToDuties } from "./orientation.js";
import { someone } from "./person.js";

/** Gives back the person and their contract. */
export async function contract(step: Step, cast: Cast): Promise<{ beneficiaryId: string; contractId: string }> {
  const { caseworker, manager } = cast;
  const beneficiaryId = await step("Somebody else is oriented to the département, with a named referent", () =>
    accompaniedByDepartment(cast),
  );

  const barrier = await step("A barrier is recorded, and an interview about it", async () => {
    const barrier = await created(
      caseworker.POST("/v1/beneficiaries/{id}/barriers", {
        params: command(beneficiaryId),
        body: {
          kind: "mobility",
          situation: "mobility_no_licence",
          impact: "medium",
          goal: "mobility_licence",
          opened_on: today(),
        },
      }),
    );
    same(barrier.goal, "mobility_licence", "goal of the barrier");
    const intervention = await created(
      caseworker.POST("/v1/beneficiaries/{id}/interventions", {
        params: command(beneficiaryId),
        body: { kind: "interview", theme: "mobility", framework: "insertion", occurred_on: today(), minutes: 45 },
      }),
    );
    same(intervention.minutes, 45, "length of the interview");
    await created(
      caseworker.POST("/v1/beneficiaries/{id}/readiness", {
        params: command(beneficiaryId),
        body: { assessed_on: today(), able: true },
      }),
    );
    return barrier;
  });

  const draft = await step("A contract is drawn up on them, and nothing is missing", async () => {
    const contract = await created(
      caseworker.POST("/v1/beneficiaries/{id}/contracts", {
        params: command(beneficiaryId),
        body: terms(barrier.id),
      }),
    );
    same([contract.state, contract.kind, contract.missing], ["draft", "engagement_contract", []], "the contract");
    return contract;
  });

  await step("It is submitted, signed by both and validated: it is in force", async () => {
    const submitted = await ok(caseworker.POST("/v1/contracts/{id}/submission", { params: command(draft.id) }));
    same(submitted.state, "awaiting_signature", "state");
    await ok(sign("beneficiary"));
    const signed = await ok(sign("organisation"));
    same(signed.edition.signatures.map((one) => one.party).sort(), ["beneficiary", "organisation"], "signatures");
    const validated = await ok(manager.POST("/v1/contracts/{id}/validation", { params: command(draft.id), body: {} }));
    same([validated.state, validated.starts_on], ["in_force", today()], "state and first day");
  });

  await step("Its synthesis tells the hours, the barrier and the interview", async () => {
    const path = { id: draft.id };
    const synthesis = await ok(caseworker.GET("/v1/contracts/{id}/synthesis", { params: { path } }));
    same([synthesis.weekly_hours, synthesis.commitments.length], [15, 1], "hours and commitments");
    check(synthesis.barriers.length === 1 && synthesis.interventions.length === 1, "one barrier and one interview");
  });

  return { beneficiaryId, contractId: draft.id };

  function sign(party: Schemas["SigningParty"]) {
    return caseworker.POST("/v1/contracts/{id}/signatures", {
      params: command(draft.id),
      body: { party, signed_on: today(), means: "paper" },
    });
  }
}

async function accompaniedByDepartment(cast: Cast): Promise<string> {
  const { caseworker, manager, departmentId, caseworkerId } = cast;
  const header = { "Idempotency-Key": newKey() };
  const { id } = await created(caseworker.POST("/v1/beneficiaries", { params: { header }, body: someone() }));
  await subjectToDuties(manager, id);
  const orientation = await openedOrientation(caseworker, id);
  await interview(caseworker, orientation.id);
  const choice = { accompaniment: "socioprofessional", organisation_id: departmentId } as const;
  await propose(caseworker, orientation.id, { ...choice, criteria: criteria("medium") });
  await decide(manager, orientation.id, choice);
  const accepted = await ok(
    caseworker.POST("/v1/orientations/{id}/acceptance", {
      params: command(orientation.id),
      body: { referent_id: caseworkerId },
    }),
  );
  same([accepted.state, accepted.referent?.professional_id], ["active", caseworkerId], "state and referent");
  return id;
}

function terms(barrierId: string): Schemas["ContractTerms"] {
  return {
    starts_on: today(),
    months: 6,
    assessed_on: today(),
    review_on: inDays(90),
    weekly_hours: 15,
    barrier_ids: [barrierId],
    objectives: [{ key: "licence", theme: "mobility", text: "Obtenir le permis de conduire" }],
    commitments: [
      {
        key: "lessons",
        kind: "support",
        party: "beneficiary",
        objective: "licence",
        barrier_id: barrierId,
        due_on: inDays(60),
        text: "S'inscrire à l'auto-école solidaire",
      },
    ],
  };
}
