import { request } from "node:https";
import type { TestContext } from "node:test";
import { settableClock, type SettableClock } from "@restante/testbed";
import { type IssuerOptions, startIssuer, type TestIssuer } from "@restante/testkit/issuer";
import {
  type Access,
  createOpenId,
  createSite,
  type OpenIdOptions,
  type PageTrouble,
  type Role,
  route,
  type SecondFactorDemand,
  type SiteServer,
  type User,
} from "../../../src/index.ts";
import type { Answer } from "../../http.ts";
import { tinyOptions } from "../../tiny-site.ts";
import { by, openTestAccess, password, testCertificate } from "../secure-site.ts";
import { Visitor } from "../visitor.ts";

/** A site that people sign in to by an issuer, both over HTTPS, and by a password. */
export interface IssuedSite {
  readonly site: SiteServer;
  readonly issuer: TestIssuer;
  readonly access: Access & { folder: string };
  readonly clock: SettableClock;
  readonly troubles: PageTrouble[];
  readonly visitor: () => Visitor;
  /** As whoever is signed in at the issuer. */
  readonly signIn: (visitor: Visitor, to?: string) => Promise<Answer>;
  /** The address at which a browser comes back from the issuer, which it was sent to from here. */
  readonly comeBack: (visitor: Visitor, to?: string) => Promise<URL>;
  readonly addUser: (subject: string, roles?: readonly Role[]) => Promise<User>;
  /** Oldest first: actor, act, outcome and what it was about. */
  readonly told: () => string[];
}

export interface IssuedOptions {
  readonly issuer?: IssuerOptions;
  readonly openId?: Partial<OpenIdOptions>;
  readonly secondFactor?: SecondFactorDemand;
}

export async function openIssuedSite(t: TestContext, options: IssuedOptions = {}): Promise<IssuedSite> {
  const issuer = await startIssuer(options.issuer);
  t.after(() => issuer.close());
  const clock = settableClock();
  const access = await openTestAccess(t, clock);
  const { tls, ca } = await testCertificate();
  const troubles: PageTrouble[] = [];
  const now = (): Date => clock.now();
  const openId = createOpenId(
    { issuer: issuer.url, clientId: "restante", clientSecret: "secret", ca: issuer.ca, ...options.openId },
    access,
    now,
  );
  const site = await createSite(
    await tinyOptions(t, {
      audit: access.audit,
      signIn: { access, openId, secondFactor: options.secondFactor ?? "optional", now },
      door: { tls },
      clock,
      onTrouble: (trouble) => void troubles.push(trouble),
      routes(app, { show }) {
        app.get("/", route({ needs: "see", act: "list" }), (_, reply) => show(reply, "names", { items: "Parcels" }));
        app.get("/parcels/:id", route({ needs: "see", act: "view" }), (_, reply) =>
          show(reply, "names", { items: "A parcel" }),
        );
      },
    }),
  );
  t.after(() => site[Symbol.asyncDispose]());
  await access.users.add({ signInName: "local", name: "The local", roles: ["clinician"], password }, by);

  const comeBack = async (visitor: Visitor, to?: string): Promise<URL> => {
    const begun = await visitor.get(`/sign-in/open-id${to === undefined ? "" : `?to=${encodeURIComponent(to)}`}`);
    return redirected(String(begun.headers["location"]), issuer.ca);
  };
  return {
    site,
    issuer,
    access,
    clock,
    troubles,
    visitor: () => new Visitor(site.url, ca),
    comeBack,
    signIn: async (visitor, to) => visitor.get(pathOf(await comeBack(visitor, to))),
    addUser: (subject, roles = ["clinician"]) =>
      access.users.add(
        { signInName: subject, name: `The ${subject}`, roles, openId: { issuer: issuer.url, subject } },
        by,
      ),
    told: () =>
      access.audit
        .find({ limit: 100 })
        .rows.toReversed()
        .map(({ actor, act, outcome, subjects }) => [actor, act, outcome, ...subjects].join(" ")),
  };
}

export function pathOf({ pathname, search }: URL): string {
  return `${pathname}${search}`;
}

/** Where a browser that comes here is sent on to. */
export function redirected(url: string, ca: string): Promise<URL> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { ca, agent: false }, (response) => {
      response.resume();
      const { location } = response.headers;
      if (location === undefined) reject(new Error(`${url} does not send anybody on: ${response.statusCode}`));
      else resolve(new URL(location));
    });
    asked.on("error", reject);
    asked.end();
  });
}
