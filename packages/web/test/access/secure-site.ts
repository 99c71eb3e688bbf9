import type { TestContext } from "node:test";
import { settableClock, type SettableClock, temporaryFolder, testAuthority } from "@restante/testbed";
import { localHosts } from "@restante/authority";
import {
  type Access,
  openAccess,
  type Role,
  route,
  type SecondFactorDemand,
  type SiteOptions,
  type SiteServer,
  type User,
  createSite,
} from "../../src/index.ts";
import { codeOf, stepAt } from "../../src/access/users/one-time-code.ts";
import { Visitor } from "./visitor.ts";

export const by = { actor: "this-computer", source: "command" } as const;

/** Of everybody in these tests. */
export const password = "seven lanterns in a row";

export interface SecureSite {
  readonly site: SiteServer;
  readonly ca: string;
  readonly access: Access & { folder: string };
  readonly clock: SettableClock;
  readonly users: Readonly<Record<Role | "anna", User>>;
  /** A new browser, in which nobody has signed in. It asks at `url`, if that is not where the site says that it is. */
  readonly visitor: (url?: string) => Visitor;
  /** One in which they have: with the code that their authenticator shows, where one is asked for. */
  readonly signedIn: (name: string, code?: string) => Promise<Visitor>;
  /** Newest first: actor, act, outcome. */
  readonly told: () => string[];
}

/** A real one in a folder, by a clock that is moved; until the test ends. */
export async function openTestAccess(
  t: Pick<TestContext, "after">,
  clock: SettableClock,
  given?: string,
): Promise<Access & { folder: string }> {
  const folder = given ?? (await temporaryFolder(t));
  const access = await openAccess({ folder, now: () => clock.now() });
  t.after(() => access[Symbol.dispose]());
  return Object.assign(access, { folder });
}

/** What a site is served over HTTPS by, and whom a browser must trust for that. */
export async function testCertificate(): Promise<{ tls: { key: string; cert: string }; ca: string }> {
  const authority = await testAuthority();
  const { key, cert } = await authority.issue({ commonName: "localhost", hosts: localHosts, kind: "server" });
  return { tls: { key, cert }, ca: authority.caPem };
}

/** A user for each role, called by it, and Anna, a second clinician. */
export async function addUsers(access: Access): Promise<SecureSite["users"]> {
  const add = (signInName: string, role: Role): Promise<User> =>
    access.users.add({ signInName, name: `The ${signInName}`, roles: [role], password }, by);
  return {
    administrator: await add("administrator", "administrator"),
    clinician: await add("clinician", "clinician"),
    "read-only": await add("read-only", "read-only"),
    auditor: await add("auditor", "auditor"),
    anna: await add("anna", "clinician"),
  };
}

/**
 * A small site over HTTPS with a page for each right.
 *
 * @param folder of a site that was before; its people are there already
 */
export async function openSecureSite(
  t: Pick<TestContext, "after">,
  { secondFactor = "optional", ...changes }: Partial<SiteOptions> & { secondFactor?: SecondFactorDemand } = {},
  folder?: string,
): Promise<SecureSite> {
  const clock = settableClock();
  const access = await openTestAccess(t, clock, folder);
  const users = folder === undefined ? await addUsers(access) : foundUsers(access);
  const { tls, ca } = await testCertificate();
  const site = await createSite({
    host: "127.0.0.1",
    port: 0,
    name: "Parcel Office",
    heading: "Parcel Office (7)",
    home: "the parcels",
    navigation: [
      { section: "list", href: "/", text: "Parcels" },
      { section: "audit", href: "/told", text: "What was done", needs: "audit" },
    ],
    views: new URL("../views/", import.meta.url),
    audit: access.audit,
    signIn: { access, secondFactor, now: () => clock.now() },
    door: { tls },
    surroundings: async () => ({ numbers: { list: { count: 1234, of: "waiting" } } }),
    routes(app, { show, token }) {
      app.get("/", route({ needs: "see", act: "list" }), (request, reply) =>
        show(reply, "list", { parcels: [], links: { pages: 1 }, token: token(request, "/send") }),
      );
      app.get("/parcels/:id", route({ needs: "see", act: "view" }), (_, reply) =>
        show(reply, "names", { items: "A parcel" }),
      );
      app.post("/send", route({ needs: "act", act: "complete" }), (_, reply) => reply.redirect("/", 303));
      app.get("/told", route({ needs: "audit", act: "read-audit" }), (_, reply) =>
        show(reply, "names", { items: "Rows" }),
      );
    },
    ...changes,
  });
  t.after(() => site[Symbol.asyncDispose]());
  const visitor = (url = site.url): Visitor => new Visitor(url, ca);
  return {
    site,
    ca,
    access,
    clock,
    users,
    visitor,
    async signedIn(name, code) {
      const one = visitor();
      const first = await one.signIn(name, password);
      const { status, text } =
        code === undefined ? first : await one.fill("/sign-in/second-factor", "/sign-in/second-factor", { code });
      if (status !== 303) throw new Error(`${name} was not signed in: ${status} ${text}`);
      return one;
    },
    told: () => access.audit.find({ limit: 100 }).rows.map(({ actor, act, outcome }) => `${actor} ${act} ${outcome}`),
  };
}

function foundUsers({ users }: Access): SecureSite["users"] {
  return Object.fromEntries(users.list().map((user) => [user.signInName, user])) as unknown as SecureSite["users"];
}

/** Has codes asked of a user, and gives what their authenticator shows from then on. */
export function withSecondFactor(
  { access, clock }: { access: Pick<Access, "users">; clock: SettableClock },
  userId: string,
): () => string {
  const { secret } = access.users.beginSecondFactor(userId);
  const code = authenticator(secret, clock);
  access.users.confirmSecondFactor(userId, code(), by);
  // Each code is taken once.
  clock.advance(60_000);
  return code;
}

/** What the page that sets codes up has an authenticator read. */
export function secretOn(text: string): string {
  const [, shown] = /<code class="app-break">([A-Z2-7 ]+)<\/code>/.exec(text) ?? [];
  if (shown === undefined) throw new Error(`There is no key: ${text}`);
  return shown.replaceAll(" ", "");
}

/** @param secret in base 32 */
export function authenticator(secret: string, clock: Pick<SettableClock, "now">): () => string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = Array.from(secret, (letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  return () => codeOf(bytes, stepAt(clock.now()));
}
