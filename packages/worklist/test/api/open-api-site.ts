import { Agent } from "node:https";
import type { TestContext } from "node:test";
import { type Role, roles, type SecondFactorDemand } from "@restante/web";
import { type Answer, ask } from "../../../web/test/http.ts";
import { by, testCertificate } from "../../../web/test/access/secure-site.ts";
import { openSecurePages, type SecurePages } from "../secure-pages.ts";

export interface Program {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** A body that is no text is sent as JSON. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  ask(method: string, path: string, headers?: Record<string, string>, body?: string): Promise<Answer>;
}

export interface ApiSite extends SecurePages {
  /** A program with this token, or with none. */
  readonly program: (token?: string) => Program;
  readonly tokens: Readonly<Record<Role, string>>;
}

/** The worklist over HTTPS, with a token for each role, called by it. */
export async function openApiSite(
  t: TestContext,
  secondFactor: SecondFactorDemand = "optional",
  people: "people" | "nobody" = "people",
): Promise<ApiSite> {
  const secure = await openSecurePages(t, secondFactor, people);
  const { ca } = await testCertificate();
  const tokens = Object.fromEntries(
    roles.map((role) => [role, secure.access.tokens.add({ name: role, roles: [role], days: 365 }, by).secret]),
  ) as Record<Role, string>;
  const agent = new Agent({ keepAlive: true, ca });
  t.after(() => agent.destroy());
  return { ...secure, tokens, program: (token) => programAt(secure.pages.url, token, agent) };
}

export function programAt(url: string, token?: string, agent?: Agent): Program {
  const asking: Program["ask"] = (method, path, headers = {}, body = "") =>
    ask(url + path, {
      method,
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
      body,
      ...(agent !== undefined && { connection: { agent } }),
    });
  return {
    ask: asking,
    get: (path, headers) => asking("GET", path, headers),
    post(path, body, headers) {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const length = String(Buffer.byteLength(text));
      return asking("POST", path, { "content-type": "application/json", "content-length": length, ...headers }, text);
    },
  };
}

export function jsonOf({ text }: Answer): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}
