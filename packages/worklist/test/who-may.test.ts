import assert from "node:assert/strict";
import { test } from "node:test";
import { type Right, type Role, rightsOf, roles, type ServedRoute } from "@restante/web";
import { formOf, readable } from "../../web/test/http.ts";
import { authenticator, password, secretOn } from "../../web/test/access/secure-site.ts";
import type { Visitor } from "../../web/test/access/visitor.ts";
import { headerIds } from "./sample-things.ts";
import { openSecurePages } from "./secure-pages.ts";

/** An address of each route, of the things of the sample. */
function addressOf({ url }: ServedRoute): string {
  const id = url.startsWith("/reports") ? headerIds.accepted : "1";
  return url
    .replace(":id", id)
    .replace(":index", "0")
    .replace(":header", headerIds.heldResponse)
    .replace(":sequence", "1")
    .replace(":subject", "task:1");
}

const rightsIn: ReadonlySet<string> = new Set<Right>(["see", "act", "answer", "configure", "audit"]);

test(
  "every page and every act is for whom the table of roles says, and for nobody who has not signed in",
  { tags: ["FHIR-DOC-04"] },
  async (t) => {
    const { pages, worklist, visitor, signedIn } = await openSecurePages(t);
    // What programs ask for is in api/who-may.test.ts.
    const routes = pages.routes.filter(({ access }) => rightsIn.has(access.needs) && access.opensTo === undefined);
    assert.ok(routes.filter(({ method }) => method === "POST").length >= 11);
    assert.ok(routes.filter(({ method }) => method === "GET").length >= 9);
    const browsers: [Role | "nobody", Visitor][] = [["nobody", visitor()]];
    for (const role of roles) browsers.push([role, await signedIn(role)]);
    for (const route of routes) {
      const { method, access } = route;
      const address = addressOf(route);
      for (const [who, browser] of browsers) {
        const may = who !== "nobody" && rightsOf[who].includes(access.needs as Right);
        // Without its token: who may send the form is told of that, and who may not that they may not.
        const { status, headers, text } = await (method === "POST" ? browser.post(address, {}) : browser.get(address));
        const what = `${who}: ${method} ${address}`;
        if (who === "nobody" && method !== "POST") {
          assert.equal(status, 303, what);
          assert.match(String(headers["location"]), /^\/sign-in(\?to=%2F|$)/, what);
          continue;
        }
        if (method === "POST") {
          assert.equal(status, 403, what);
          if (may) assert.match(text, /The page was open for too long/, what);
          else
            assert.match(
              text,
              who === "nobody" ? /You are not signed in any more/ : refusedFor[access.needs as Right],
              what,
            );
        } else if (may)
          assert.ok(
            // A search is there for the sign-in that searched.
            status === 200 || (status === 404 && /^\/(?:unmatched\/1|(?:audit\/|reports\/)?found)\//.test(address)),
            `${what}: ${status}`,
          );
        else {
          assert.equal(status, 403, what);
          if (method === "GET") assert.match(text, refusedFor[access.needs as Right], what);
        }
        if (!may) assert.doesNotMatch(text, /WIŚNIEWSKI/, what);
      }
    }
    assert.deepEqual(worklist.calls, []);
  },
);

const open = new Set([
  "POST /sign-out",
  "GET /account",
  "HEAD /account",
  "POST /account/second-factor",
  "POST /account/second-factor/confirm",
]);

test("where a second factor is required every page and every act is shut to who has none, until they have set one up", async (t) => {
  const { pages, worklist, access, clock, signedIn } = await openSecurePages(t, "required");
  const routes = pages.routes.filter(({ access: { needs, opensTo } }) => needs !== "anybody" && opensTo === undefined);
  const named = new Set(routes.map(({ method, url }) => `${method} ${url}`));
  for (const one of open) assert.ok(named.has(one), one);
  for (const role of roles) {
    const browser = await signedIn(role);
    const shut = async (isShut: boolean): Promise<void> => {
      for (const route of routes.filter(({ method, url }) => !open.has(`${method} ${url}`))) {
        const { method } = route;
        const address = addressOf(route);
        const { status, headers, text } = await (method === "POST" ? browser.post(address, {}) : browser.get(address));
        const what = `${role}: ${method} ${address}: ${status}`;
        const isLed = /^\/account(\?to=%2F|$)/.test(String(headers["location"]));
        const isTold = text.includes("codes are demanded here, and you have none yet");
        assert.equal(method === "POST" ? status === 403 && isTold : status === 303 && isLed, isShut, what);
        if (isShut) assert.doesNotMatch(text, /WIŚNIEWSKI|Worklist|to do/, what);
      }
    };
    await shut(true);
    const begun = await browser.fill("/account", "/account/second-factor", { password });
    const code = authenticator(secretOn(begun.text), clock);
    // Half of it is none of it.
    assert.equal((await browser.get("/")).headers["location"], "/account");
    const confirm = "/account/second-factor/confirm";
    const done = await browser.post(confirm, { ...formOf(begun.text, confirm), code: code() });
    const landing = role === "auditor" ? "/audit" : "/";
    assert.deepEqual([done.status, done.headers["location"]], [303, landing]);
    assert.equal((await browser.get(landing)).status, 200);
    await shut(false);
  }
  assert.deepEqual(worklist.calls, []);
  const refused = access.audit.find({ limit: 500 }).rows.filter(({ outcome }) => outcome === "refused");
  const tried = refused.filter(({ act }) => act === "complete");
  // Whoever tries to act has a row, as anybody else whose rights do not suffice has; to be led elsewhere is none.
  assert.ok(tried.length >= roles.length);
});

const refusedFor: Readonly<Record<Right, RegExp>> = {
  see: /You may not see patients/,
  act: /You may look, and not act/,
  answer: /Answers to a sender are given by clinicians/,
  configure: /This is for those who give out the roles/,
  audit: /The audit is read by auditors alone/,
};

test("what is for anybody shows nothing of a patient", async (t) => {
  const { pages } = await openSecurePages(t);
  const open = pages.routes.filter(({ access, method }) => access.needs === "anybody" && method !== "HEAD");
  assert.deepEqual(
    open.map(({ method, url }) => `${method} ${url}`),
    [
      "GET /assets/:source/:name",
      "GET /sign-in",
      "POST /sign-in",
      "GET /sign-in/second-factor",
      "POST /sign-in/second-factor",
    ],
  );
});

for (const role of roles.filter((one) => rightsOf[one].includes("see"))) {
  test(`the pages of a worklist show ${role} the forms that they may send, and no other`, async (t) => {
    const { signedIn, worklist } = await openSecurePages(t);
    const [stray] = worklist.unmatched;
    assert.ok(stray);
    const actor = { id: "somebody", name: "Somebody" };
    await worklist.dealWith({ kind: "stray", id: stray.strayId }, { actor, version: stray.version });
    const browser = await signedIn(role);
    const shown = new Set<string>();
    const addresses = [
      "/",
      "/?show=all",
      "/reports",
      "/unmatched",
      ...(rightsOf[role].includes("act") ? ["/several?task=1&task=3"] : []),
      ...(rightsOf[role].includes("act") ? ["/tasks/6/match?verdict=known"] : []),
      ...worklist.all.map(({ taskId }) => `/tasks/${taskId}`),
      ...worklist.sent.map(({ headerId }) => `/reports/${headerId}`),
      ...worklist.unmatched.map(({ strayId }) => `/unmatched/${strayId}`),
    ];
    for (const address of addresses) {
      const { status, text } = await browser.get(address);
      assert.equal(status, 200, address);
      for (const [, action = ""] of text.matchAll(/<form method="post" action="([^"]+)"/g)) {
        shown.add(action.split("/").at(-1) ?? "");
      }
    }
    const expected = [
      "find",
      ...(rightsOf[role].includes("act")
        ? ["assign", "comment", "complete", "deal-with", "match", "prioritise", "reopen", "undo"].concat([
            "save",
            "save-and-complete",
            "stop-saving",
          ])
        : []),
      ...(rightsOf[role].includes("answer") ? ["decide", "send-again", "take-back"] : []),
    ];
    assert.deepEqual(
      [...shown].toSorted((a, b) => a.localeCompare(b)),
      expected.toSorted((a, b) => a.localeCompare(b)),
    );
  });
}

test("an act is in the name of who did it, for the practice and in the audit", { tags: ["FHIR-DOC-03"] }, async (t) => {
  const { signedIn, worklist, access } = await openSecurePages(t);
  const actors: unknown[] = [];
  const complete = worklist.complete.bind(worklist);
  worklist.complete = async (taskId, by) => {
    actors.push(by.actor);
    return complete(taskId, by);
  };
  const clinician = await signedIn("clinician");
  const { text } = await clinician.get("/tasks/1");
  assert.equal((await clinician.post("/tasks/1/complete", formOf(text, "/tasks/1/complete"))).status, 303);
  const id = access.users.findByName("clinician")?.id;
  assert.deepEqual(actors, [{ id, name: "The clinician" }]);
  const [row] = access.audit.find({ limit: 1 }).rows;
  assert.deepEqual([row?.actor, row?.act, row?.outcome, row?.subjects], [id, "complete", "asked", ["task:1"]]);
  assert.equal(row?.session, access.sessions.list(id!)[0]?.session);
});

test("who may only look opens what is new, and it stays new for those who can do something about it", async (t) => {
  const { signedIn, worklist } = await openSecurePages(t);
  const stray = worklist.unmatched.find(({ matter }) => matter?.state === "new");
  assert.ok(stray);
  const opening = { "sec-fetch-dest": "document", "sec-fetch-site": "same-origin" };
  const seen: unknown[] = [];
  const see = worklist.see.bind(worklist);
  worklist.see = async (key, by) => {
    seen.push(key);
    return see(key, by);
  };
  assert.equal((await (await signedIn("read-only")).get(`/unmatched/${stray.strayId}`, opening)).status, 200);
  assert.deepEqual(seen, []);
  assert.equal((await (await signedIn("clinician")).get(`/unmatched/${stray.strayId}`, opening)).status, 200);
  assert.deepEqual(seen, [{ kind: "stray", id: stray.strayId }]);
});

test("an auditor is shown none of the worklist, nor how much there is to do", async (t) => {
  const { signedIn } = await openSecurePages(t);
  const auditor = await signedIn("auditor");
  for (const address of ["/account", "/", "/tasks/1"]) {
    const { text } = await auditor.get(address);
    assert.doesNotMatch(readable(text), /Worklist|Sent reports|Unmatched|to do/, address);
  }
  assert.match((await auditor.get("/tasks/1")).text, /href="\/audit">Go to the audit</);
});
