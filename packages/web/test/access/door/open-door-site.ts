import type { TestContext } from "node:test";
import type { IssuedCertificate } from "@restante/authority";
import { testAuthority } from "@restante/testbed";
import { createSite, type Door, type RefusedVisit, route, type SiteOptions } from "../../../src/index.ts";
import { type Access } from "../../../src/index.ts";
import { type Answer, ask, type Asked, submit } from "../../http.ts";
import { openAudit } from "../../open-audit.ts";
import { tinyOptions } from "../../tiny-site.ts";

/** The name under which a site is reached. It is nowhere but in the certificate and in what is asked for. */
export const name = "worklist.example";

export interface DoorSite {
  /** What `SiteServer` says. */
  readonly url: string;
  readonly port: number;
  readonly audit: Access["audit"];
  readonly refused: readonly RefusedVisit[];
  /** How often its form was taken. */
  readonly sent: () => number;
  /** Asks where it listens, under its name unless another is given. */
  readonly ask: (path: string, asked?: Asked) => Promise<Answer>;
  /** A form with its right token, from one of its pages. */
  readonly submit: (headers?: Record<string, string>) => Promise<Answer>;
}

export async function certificateFor(...hosts: string[]): Promise<IssuedCertificate> {
  return (await testAuthority()).issue({ commonName: hosts[0] ?? "nothing", hosts, kind: "server" });
}

/** A site whose pages anybody may see: what they need is another's test. Its page shows by whom it was asked. */
export async function openDoorSite(t: TestContext, door: Door, changes: Partial<SiteOptions> = {}): Promise<DoorSite> {
  const access = await openAudit(t);
  const { audit } = access;
  const refused: RefusedVisit[] = [];
  let sent = 0;
  const site = await createSite({
    ...(await tinyOptions(t, { audit, door, signIn: { access }, onRefusedVisit: (one) => void refused.push(one) })),
    routes(app, { token, visitor }) {
      app.get("/", route({ needs: "anybody", act: "list" }), (request) => `seen by ${request.ip}`);
      app.get("/token", route({ needs: "anybody" }), (request) => token(request, "/send"));
      app.get("/secret", route({ needs: "see", act: "view" }), (request) => visitor(request).name);
      app.post("/send", route({ needs: "anybody", act: "complete" }), async (_, reply) => {
        sent += 1;
        return reply.redirect("/", 303);
      });
    },
    ...changes,
  });
  t.after(() => site[Symbol.asyncDispose]());
  const { url, port } = site;
  const base = `${door.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`;
  const { caPem: ca } = await testAuthority();
  // A browser in which nobody has signed in: its forms are tied to this.
  const cookie = `__Host-restante-before=${"a".repeat(43)}`;
  const names = { host: door.address?.host ?? `localhost:${port}`, cookie };
  const connect = { ca, servername: door.address?.hostname ?? "localhost" };
  return {
    url,
    port,
    audit,
    refused,
    sent: () => sent,
    ask: (path, { headers, connection, ...asked } = {}) =>
      ask(base + path, { ...asked, headers: { ...names, ...headers }, connection: { ...connect, ...connection } }),
    async submit(headers = {}) {
      const forwarded = Object.entries(headers).filter(([header]) => header.startsWith("x-"));
      const shown = await ask(`${base}/token`, {
        headers: { ...names, ...Object.fromEntries(forwarded) },
        connection: connect,
      });
      return submit(`${base}/send`, { token: shown.text }, { ...names, ...headers }, connect);
    },
  };
}
