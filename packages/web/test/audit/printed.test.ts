import assert from "node:assert/strict";
import { test } from "node:test";
import { type AuditRow, createSite, route } from "../../src/index.ts";
import { ask, formOf, submit } from "../http.ts";
import { openAudit } from "../open-audit.ts";
import { tinyOptions } from "../tiny-site.ts";

const told = ({ act, outcome, subjects }: AuditRow): unknown[] => [act, outcome, ...subjects];
const formIn = (text: string): string | undefined =>
  /<form data-printed method="post" action="([^"]+)"/.exec(text)?.[1];

test("a page says that it is printed about what it showed, and nobody says so of anything else", async (t) => {
  const { audit } = await openAudit(t);
  const site = await createSite(
    await tinyOptions(t, {
      audit,
      routes(app, { listed, show }) {
        const page = { parcels: [], links: { pages: 1 } };
        app.get("/", route({ needs: "see", act: "list" }), (request, reply) => {
          listed(request, ["parcel:1", "parcel:2"]);
          return show(reply, "list", page);
        });
        const about = ({ id = "" }): string => `parcel:${id}`;
        app.get("/parcels/:id", route({ needs: "see", act: "view", about }), (_, reply) => show(reply, "list", page));
        app.get("/about", route({ needs: "see" }), (_, reply) => show(reply, "list", page));
        app.get("/own", route({ needs: "signed-in", act: "view" }), (_, reply) => show(reply, "list", page));
      },
    }),
  );
  t.after(() => site[Symbol.asyncDispose]());
  const rows = (limit: number): unknown[] => audit.find({ limit }).rows.map(told);

  const list = (await ask(site.url)).text;
  assert.equal(formIn(list), "/printed?about=parcel:1,parcel:2");
  const form = formOf(list, "/printed?about=parcel:1,parcel:2");
  assert.equal((await submit(`${site.url}/printed?about=parcel:1,parcel:2`, form)).status, 204);
  assert.deepEqual(rows(1), [["print", "asked", "parcel:1", "parcel:2"]]);
  assert.equal(formIn((await ask(`${site.url}/parcels/7`)).text), "/printed?about=parcel:7");

  for (const other of ["?about=parcel:7", "?about=parcel:1", "?about=9912609131", ""]) {
    assert.equal((await submit(`${site.url}/printed${other}`, form)).status, 403, other);
    assert.deepEqual(rows(1), [["print", "refused"]], "what it said is not in the audit");
  }
  assert.equal(formIn((await ask(`${site.url}/about`)).text), undefined, "of what the audit does not have");
  assert.equal(formIn((await ask(`${site.url}/own`)).text), undefined, "of what is their own");
});
