import assert from "node:assert/strict";
import { test } from "node:test";
import { type AuditRow, createSite, type PageTrouble, route } from "../../src/index.ts";
import { ask, formOf, submit } from "../http.ts";
import { openAudit } from "../open-audit.ts";
import { openTinySite, tinyOptions } from "../tiny-site.ts";

const told = ({ act, outcome, subjects }: AuditRow): unknown[] => [act, outcome, ...subjects];

test("what is read and what is done has its row: who, when, what, from where", async (t) => {
  const { audit } = await openAudit(t);
  const { url } = await openTinySite(t, { audit });
  const { text } = await ask(url);
  const before = new Date();
  await submit(`${url}/send`, formOf(text, "/send"));
  const { rows } = audit.find({ limit: 10 });
  assert.deepEqual(rows.map(told), [
    ["complete", "asked"],
    ["list", "done"],
  ]);
  const [{ at, actor, source }] = rows as unknown as [AuditRow];
  assert.deepEqual([actor, source], ["this-computer", "127.0.0.1"]);
  assert.ok(at >= before && at <= new Date());
});

test("a thing's page is about it, a list about all that it shows, and what is not there is written down too", async (t) => {
  const { audit } = await openAudit(t);
  const site = await createSite(
    await tinyOptions(t, {
      audit,
      routes(app, { listed }) {
        app.get("/all", route({ needs: "see", act: "list" }), (request) => {
          listed(request, ["parcel:1", "parcel:2"]);
          return "two";
        });
        const about = ({ id = "" }): string => `parcel:${id}`;
        app.get("/parcels/:id", route({ needs: "see", act: "view", about }), () => "one");
        app.post("/parcels/:id/lose", route({ needs: "act", act: "undo", about }), (_, reply) =>
          reply.code(409).send(""),
        );
      },
    }),
  );
  t.after(() => site[Symbol.asyncDispose]());
  await ask(`${site.url}/all`);
  await ask(`${site.url}/parcels/7`);
  await ask(`${site.url}/nowhere`);
  await submit(`${site.url}/parcels/7/lose`, { token: "not one" });
  assert.deepEqual(audit.find({ limit: 10 }).rows.map(told), [
    ["undo", "refused", "parcel:7"],
    ["view", "done", "parcel:7"],
    ["list", "done", "parcel:1", "parcel:2"],
  ]);
});

test("a page that keeps itself up to date has a row again only where what it shows is another", async (t) => {
  const { audit } = await openAudit(t);
  let shown = ["parcel:1"];
  const site = await createSite(
    await tinyOptions(t, {
      audit,
      routes(app, { listed }) {
        app.get("/all", route({ needs: "see", act: "list" }), (request) => {
          listed(request, shown);
          return "some";
        });
      },
    }),
  );
  t.after(() => site[Symbol.asyncDispose]());
  const headers = { "x-restante-update": "1" };
  await ask(`${site.url}/all?page=2`, { headers });
  await ask(`${site.url}/all`);
  for (let time = 0; time < 3; time += 1) await ask(`${site.url}/all`, { headers });
  shown = ["parcel:1", "parcel:2"];
  for (let time = 0; time < 3; time += 1) await ask(`${site.url}/all`, { headers });
  await ask(`${site.url}/all`);
  assert.deepEqual(audit.find({ limit: 10 }).rows.map(told), [
    ["list", "done", "parcel:1", "parcel:2"],
    ["list", "done", "parcel:1", "parcel:2"],
    ["list", "done", "parcel:1"],
    ["list", "done", "parcel:1"],
  ]);
});

test("where it cannot be written down who asks, nothing is shown and nothing done, and who runs the site is told", async (t) => {
  const access = await openAudit(t);
  const troubles: PageTrouble[] = [];
  const { url, sent } = await openTinySite(t, { audit: access.audit, onTrouble: (trouble) => troubles.push(trouble) });
  const { text } = await ask(url);
  access[Symbol.dispose]();
  for (const answer of [await ask(url), await submit(`${url}/send`, formOf(text, "/send"))]) {
    assert.equal(answer.status, 503);
    assert.match(answer.text, /Nothing was shown or done, because it cannot be written down who asked for it/);
    assert.doesNotMatch(answer.text, /A parcel/);
  }
  assert.equal(sent(), 0);
  assert.deepEqual(
    troubles.map((trouble) => [trouble.route, trouble.state]),
    [
      ["GET /", "failing"],
      ["POST /send", "failing"],
    ],
  );
});
