import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { syntheticNhsNumber } from "@restante/mesh";
import { type AuditPagesOptions, createSite, route } from "../../src/index.ts";
import { noteVisitor } from "../../src/access/visitor.ts";
import { ask, formOf, submit } from "../http.ts";
import { openAudit } from "../open-audit.ts";
import { tinyOptions } from "../tiny-site.ts";

export const nhsNumber: string = syntheticNhsNumber();
export const name = "WIŚNIEWSKI, Łukasz";

/** What stands for a patient's details is asked for with who asks. */
export const auditPages: AuditPagesOptions = {
  resolve: async (subject) =>
    subject === "parcel:1" ? { text: `${name}, NHS number ${nhsNumber}`, href: "/parcels/1" } : undefined,
  subjectsOf: async (number) => ({ subjects: number === nhsNumber ? ["parcel:1"] : [] }),
  userName: (id) => (id === "u-1" ? "Amina <Patel>" : undefined),
};

export interface AuditPagesSite extends Awaited<ReturnType<typeof openAudit>> {
  readonly url: string;
  readonly nhsNumber: string;
  /** Who asks from now on. */
  readonly signIn: (as: { id: string; binding: string }) => void;
  readonly find: (fields: Record<string, string>) => Promise<string>;
}

/** A site of parcels with the auditor's pages, until the test ends. */
export async function openAuditPages(
  t: Pick<TestContext, "after">,
  pages: AuditPagesOptions = auditPages,
): Promise<AuditPagesSite> {
  const access = await openAudit(t);
  let visitor: { id: string; binding: string } | undefined;
  const site = await createSite(
    await tinyOptions(t, {
      audit: access.audit,
      auditPages: pages,
      routes(app) {
        app.addHook("onRequest", async (request) => {
          if (visitor !== undefined) noteVisitor(request, { name: visitor.id, rights: new Set(["audit"]), ...visitor });
        });
        app.get(
          "/parcels/:id",
          route({ needs: "see", act: "view", about: ({ id = "" }) => `parcel:${id}` }),
          () => "a parcel",
        );
      },
    }),
  );
  t.after(() => site[Symbol.asyncDispose]());
  const { url } = site;
  return Object.assign(access, {
    url,
    nhsNumber,
    signIn: (as: { id: string; binding: string }) => void (visitor = as),
    async find(fields: Record<string, string>) {
      const { text } = await ask(`${url}/audit`);
      const { token } = formOf(text, "/audit/find");
      const { status, headers } = await submit(`${url}/audit/find`, { ...fields, token });
      assert.equal(status, 303);
      return String(headers["location"]);
    },
  });
}
