import assert from "node:assert/strict";
import { test } from "node:test";
import { type Role, rightsOf, roles, type ServedRoute } from "@restante/web";
import { headerIds } from "../sample-things.ts";
import { jsonOf, openApiSite, type Program } from "./open-api-site.ts";

function addressOf({ url }: ServedRoute): string {
  const id = url.startsWith("/api/reports") ? headerIds.accepted : "1";
  return url.replace(":id", id).replace(":index", "0").replace(":header", headerIds.heldResponse);
}

test(
  "whatever programs ask for is for the tokens that the table of roles says, and for nobody without one",
  { tags: ["FHIR-DOC-04"] },
  async (t) => {
    const { pages, worklist, access, program, tokens, signedIn } = await openApiSite(t);
    const routes = pages.routes.filter(({ url }) => url.startsWith("/api"));
    assert.ok(routes.length > 40);
    const browser = await signedIn("clinician");
    const askers: [Role | "nobody", Program][] = [["nobody", program()]];
    for (const role of roles) askers.push([role, program(tokens[role])]);
    for (const route of routes) {
      const { method, access: of } = route;
      const address = addressOf(route);
      assert.ok(of.opensTo !== undefined && of.needs !== "anybody" && of.needs !== "signed-in", address);
      for (const [who, asker] of askers) {
        const what = `${who}: ${method} ${address}`;
        const may = who !== "nobody" && rightsOf[who].includes(of.needs);
        // Without what it takes: who may do it is told of that.
        const { status, text } = await (method === "POST" ? asker.post(address, {}) : asker.ask(method, address));
        if (who === "nobody") assert.equal(status, 401, what);
        else if (!may) assert.equal(status, 403, what);
        else if (method === "POST") assert.equal(status, 400, what);
        else assert.ok(status === 200 || (status === 404 && address.endsWith("/match")), `${what}: ${status}`);
        if (!may) assert.doesNotMatch(text, /WIŚNIEWSKI|9912609131/, what);
      }
      // Whoever is signed in has no way in by that, but to the description of it.
      if (method === "GET") {
        const { status, text } = await browser.get(address);
        assert.equal(status, of.opensTo === "either" ? 200 : 401, address);
        assert.doesNotMatch(text, /WIŚNIEWSKI/);
      } else if (method === "POST") {
        const { status } = await browser.post(address, {}, { "content-type": "application/json" });
        assert.equal(status, 403, address);
      }
    }
    assert.deepEqual(worklist.calls, []);
    // And a token opens no page.
    const pagesOnly = pages.routes.filter(({ method, access: of }) => method === "GET" && of.opensTo === undefined);
    const before = access.audit.head()?.sequence;
    for (const { url, access: of } of pagesOnly.filter(({ access: { needs } }) => needs !== "anybody")) {
      const address = url.replace(/:\w+/g, "1");
      const { status, headers } = await program(tokens.administrator).get(address);
      assert.equal(status, 303, address);
      assert.match(String(headers["location"]), /^\/sign-in/, of.needs);
    }
    assert.equal(access.audit.head()?.sequence, before);
  },
);

test("where a second factor is required, who has none reads no description either", async (t) => {
  const { signedIn, program, tokens } = await openApiSite(t, "required");
  const { status, text } = await (await signedIn("clinician")).get("/api/openapi.json");
  assert.deepEqual([status, JSON.parse(text).code], [403, "not-allowed"]);
  // A program has none, and is not asked for it.
  assert.equal((await program(tokens.clinician).get("/api/openapi.json")).status, 200);
});

test("what a program does is in the name of its token, for the practice and in the audit, before it is answered", async (t) => {
  const { worklist, access, program, tokens } = await openApiSite(t);
  const asking = program(tokens.clinician);
  const rows = (): unknown[] =>
    access.audit
      .find({ limit: 3 })
      .rows.map(({ actor, session, act, outcome, subjects }) => [actor, session, act, outcome, subjects.join(" ")]);
  const session = access.tokens.find("clinician")?.id;
  const row = (...rest: string[]): unknown[] => ["token:clinician", session, ...rest];

  await asking.get("/api/tasks?state=all&size=2&sort=newest");
  assert.deepEqual(rows()[0], row("list", "done", "task:6 task:5"));
  await asking.post("/api/tasks/search", { text: "WIŚNIEWSKI" });
  assert.deepEqual(rows()[0], row("search", "done", "task:1"));
  await asking.get("/api/tasks/1/attachments/0");
  assert.deepEqual(rows()[0], row("download", "done", "task:1"));

  const before = access.audit.head()?.sequence ?? 0;
  await asking.get("/api/tasks/1/attachments/0", { "x-restante-update": "1" });
  assert.equal(access.audit.head()?.sequence, before + 1);

  let asked: unknown;
  const complete = worklist.complete.bind(worklist);
  worklist.complete = async (taskId, by, completion) => {
    asked = [by.actor, rows()[0]];
    return complete(taskId, by, completion);
  };
  const { version } = jsonOf(await asking.get("/api/tasks/1"));
  const done = await asking.post("/api/tasks/1/complete", { version, reason: "filed" });
  assert.deepEqual([done.status, jsonOf(done)], [200, { version: Number(version) + 1 }]);
  assert.deepEqual(asked, [{ id: "token:clinician", name: "clinician" }, row("complete", "asked", "task:1")]);
  assert.deepEqual(rows()[0], row("complete", "asked", "task:1"));

  // Late: nothing is done, and the audit says so.
  const late = await asking.post("/api/tasks/1/comment", { version, note: "x" });
  assert.deepEqual([late.status, jsonOf(late)["code"], jsonOf(late)["version"]], [409, "changed-meanwhile", 2]);
  assert.deepEqual(rows()[0], row("comment", "not-done", "task:1"));
  // Where it cannot be written down, nothing is shown or done.
  const calls = [...worklist.calls];
  const record = t.mock.method(access.audit, "record", () => {
    throw new Error("The disk is full.");
  });
  for (const answer of [
    await asking.get("/api/tasks/1"),
    await asking.get("/api/tasks/1/attachments/0"),
    await asking.post("/api/tasks/search", { text: "WIŚNIEWSKI" }),
    await asking.post("/api/tasks/1/comment", { version: 2, note: "x" }),
  ]) {
    assert.deepEqual([answer.status, jsonOf(answer)["code"]], [503, "unavailable"]);
    assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/);
    assert.equal(answer.headers["content-disposition"], undefined);
    assert.doesNotMatch(answer.text, /WIŚNIEWSKI|disk is full\./);
  }
  assert.deepEqual(worklist.calls, calls);
  record.mock.restore();
  access[Symbol.dispose]();
  assert.equal((await asking.get("/api/tasks/1")).status, 500);
});
