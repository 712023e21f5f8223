/**
 * What a front-end team would put around the generated client: who there is to call as, a client that carries a
 * token, and one way to take an answer apart. Every path, parameter and body is typed by `schema.d.ts`, which
 * `npm run generate` makes from the OpenAPI document.
 */

import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./schema.js";
import { Failure, same } from "./steps.js";

export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];
export type Api = Client<paths>;

/** What `jalon demo --json` prints on one line: the address, fresh secrets, and a token for each role. */
export interface Demo {
  base_url: string;
  clients: Credentials[];
  professionals: { email: string; role: Schemas["Role"]; token: string }[];
}

export interface Credentials {
  name: string;
  kind: Schemas["OrganisationKind"];
  client_id: string;
  client_secret: string;
  scope: string;
}

/** The line comes on standard input, or in `JALON_DEMO` where a pipe is awkward. */
export async function readDemo(): Promise<Demo> {
  const line = process.env["JALON_DEMO"] || (await text(process.stdin));
  return JSON.parse(line) as Demo;
}

/** A client that calls as whoever the token stands for; without one, as anybody. */
export function caller(baseUrl: string, token?: string): Api {
  // Problems are then told in English, as the rest of what the scenario prints.
  const headers = { "Accept-Language": "en", ...(token && { Authorization: `Bearer ${token}` }) };
  return createClient<paths>({ baseUrl, headers });
}

/** A new key for a request that does something; to be kept where that request may have to be sent again. */
export function newKey(): string {
  return `scenario:${randomUUID()}`;
}

/** The parameters of a command: the object it is about, and a key of its own. */
export function command(id: string) {
  return { path: { id }, header: { "Idempotency-Key": newKey() } };
}

/** What openapi-fetch gives back, whatever the operation. */
type Answer<Data, Refusal> =
  | { data: Data; error?: never; response: Response }
  | { data?: never; error: Refusal; response: Response };

/** A success, with the headers that the next request needs: openapi-fetch types bodies, not headers. */
export interface Success<Data> {
  data: Data;
  etag: string;
  location: string;
  replayed: boolean;
}

/** The answer, which must be a success with this status. */
export async function expect<Data>(status: number, request: Promise<Answer<Data, unknown>>): Promise<Success<Data>> {
  const { data, error, response } = await request;
  if (response.status !== status || data === undefined) {
    throw new Failure(`${status} expected, ${response.status} answered: ${inWords(error)}`);
  }
  return {
    data,
    etag: response.headers.get("ETag") ?? "",
    location: response.headers.get("Location") ?? "",
    replayed: response.headers.get("Idempotent-Replayed") === "true",
  };
}

/** The body of a 200. */
export async function ok<Data>(request: Promise<Answer<Data, unknown>>): Promise<Data> {
  return (await expect(200, request)).data;
}

/** The body of a 201, whose `Location` must be a path of the API. */
export async function created<Data>(request: Promise<Answer<Data, unknown>>): Promise<Data> {
  const { data, location } = await expect(201, request);
  same(location.startsWith("/v1/"), true, "Location of what was created");
  return data;
}

/** The problem of an answer that must be a refusal with this status and code. */
export async function refused(
  status: number,
  code: Problem["code"],
  request: Promise<Answer<unknown, Problem>>,
): Promise<Problem> {
  const { error, response } = await request;
  if (response.status !== status || error?.code !== code) {
    throw new Failure(`${status} ${code} expected, ${response.status} answered: ${inWords(error)}`);
  }
  same(response.headers.get("Content-Type"), "application/problem+json", "content type of a problem");
  return error;
}

/** The code of a refusal and its places: what is wrong, without a word of what was sent. */
function inWords(refusal: unknown): string {
  if (isProblem(refusal)) {
    const places = refusal.errors.map((at) => [at.code, at.pointer ?? at.parameter ?? at.header].join(" at "));
    return [refusal.code, ...places].join(", ");
  }
  return isTokenError(refusal) ? refusal.error : "neither a problem nor an OAuth error";
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "errors" in value;
}

function isTokenError(value: unknown): value is Schemas["TokenError"] {
  return typeof value === "object" && value !== null && "error" in value;
}
