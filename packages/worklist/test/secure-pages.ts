import type { TestContext } from "node:test";
import type { Access, Role, SecondFactorDemand } from "@restante/web";
import { createWorklistPages, type WorklistPages } from "@restante/worklist";
import { settableClock, type SettableClock } from "@restante/testbed";
import { addUsers, openTestAccess, password, testCertificate } from "../../web/test/access/secure-site.ts";
import { Visitor } from "../../web/test/access/visitor.ts";
import { organisation, sampleWorklist, type SampleWorklist } from "./sample-worklist.ts";

export interface SecurePages {
  readonly pages: WorklistPages;
  readonly access: Access;
  readonly clock: SettableClock;
  readonly worklist: SampleWorklist;
  readonly visitor: () => Visitor;
  /** A browser in which somebody of this role has signed in. */
  readonly signedIn: (role: Role) => Promise<Visitor>;
}

/** The worklist over HTTPS, with a user for each role. */
export async function openSecurePages(
  t: TestContext,
  secondFactor: SecondFactorDemand = "optional",
  people: "people" | "nobody" = "people",
): Promise<SecurePages> {
  const clock = settableClock();
  const access = await openTestAccess(t, clock);
  // Their passwords take most of the time.
  if (people === "people") await addUsers(access);
  const { tls, ca } = await testCertificate();
  const worklist = sampleWorklist({ filing: "/records" });
  const pages = await createWorklistPages({
    worklist,
    organisation,
    audit: access.audit,
    programs: access,
    signIn: { access, secondFactor, now: () => clock.now() },
    door: { tls },
    host: "127.0.0.1",
    port: 0,
  });
  t.after(() => pages[Symbol.asyncDispose]());
  const visitor = (): Visitor => new Visitor(pages.url, ca);
  return {
    pages,
    access,
    clock,
    worklist,
    visitor,
    async signedIn(role) {
      const browser = visitor();
      const { status } = await browser.signIn(role, password);
      if (status !== 303) throw new Error(`${role} was not signed in: ${status}`);
      return browser;
    },
  };
}
