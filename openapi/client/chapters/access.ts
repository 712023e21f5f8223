/** Steps 1 to 3: tokens, who each caller is, and the codes that the other chapters use. */

import { caller, ok, type Api, type Credentials, type Demo, type Schemas } from "../jalon.js";
import { check, present, same, type Step } from "../steps.js";

/** Everybody who has a part in the scenario. */
export interface Cast {
  association: Api;
  poleEmploi: Api;
  caseworker: Api;
  manager: Api;
  /** The organisation of the client `poleEmploi`. */
  poleEmploiId: string;
  departmentId: string;
  caseworkerId: string;
}

export async function access(step: Step, demo: Demo): Promise<Cast> {
  const { association, poleEmploi } = await step("An association's software and Pôle emploi's get tokens", async () => ({
    association: await signIn(demo, "association"),
    poleEmploi: await signIn(demo, "pole_emploi"),
  }));
  const caseworker = professional(demo, "caseworker");
  const manager = professional(demo, "manager");

  const ids = await step("Each caller learns who they are", async () => {
    same((await me(association)).organisation.kind, "association", "kind of the association");
    const receiver = await me(poleEmploi);
    same(receiver.scopes, ["referrals:receive", "referrals:answer", "referrals:identify"], "scopes of Pôle emploi");
    const person = await me(caseworker);
    same([person.kind, person.role], ["professional", "caseworker"], "the caseworker");
    check((await me(manager)).functions.includes("decide_orientation"), "a manager decides orientations");
    return {
      poleEmploiId: receiver.organisation.id,
      departmentId: person.organisation.id,
      caseworkerId: person.id,
    };
  });

  await step("The coded lists hold the codes used below", async () => {
    await holds(caseworker, "statuses_at_entry", ["rsa"]);
    await holds(caseworker, "barrier_situations", ["mobility_no_licence"]);
    await holds(caseworker, "barrier_goals", ["mobility_licence"]);
    await holds(caseworker, "intervention_kinds", ["interview"]);
    await holds(caseworker, "intervention_themes", ["mobility"]);
    await holds(caseworker, "contract_themes", ["mobility"]);
  });

  return { association, poleEmploi, caseworker, manager, ...ids };
}

async function signIn(demo: Demo, kind: Schemas["OrganisationKind"]): Promise<Api> {
  const client = present(demo.clients.find((one) => one.kind === kind), `a client of kind ${kind}`);
  const token = await requestToken(demo.base_url, client);
  same(token.token_type, "Bearer", "type of the token");
  same(token.scope, client.scope, "scope, when none is asked for");
  return caller(demo.base_url, token.access_token);
}

/** openapi-fetch serialises the body as a form when the content type says so. */
async function requestToken(baseUrl: string, client: Credentials): Promise<Schemas["TokenResponse"]> {
  const { client_id, client_secret } = client;
  return ok(
    caller(baseUrl).POST("/oauth/token", {
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: { grant_type: "client_credentials", client_id, client_secret },
    }),
  );
}

function professional(demo: Demo, role: Schemas["Role"]): Api {
  const person = present(demo.professionals.find((one) => one.role === role), `a professional with role ${role}`);
  return caller(demo.base_url, person.token);
}

async function me(api: Api): Promise<Schemas["Me"]> {
  return ok(api.GET("/v1/me"));
}

async function holds(api: Api, list: Schemas["ReferenceListName"], codes: string[]): Promise<void> {
  const { items } = await ok(api.GET("/v1/reference/{list}", { params: { path: { list } } }));
  const known = new Set(items.map((item) => item.code));
  for (const code of codes) {
    check(known.has(code), `${list} holds ${code}`);
  }
}
