import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { createSite, type PageTrouble, route } from "../src/index.ts";
import { ask } from "./http.ts";
import { LostKey, openTinySite, tinyOptions } from "./tiny-site.ts";

class Broken extends LostKey {}

interface Watched {
  told: PageTrouble[];
  /** The error with which a parcel's page fails, by the parcel's id. */
  failing: Map<string, Error>;
  ask: (path: string) => Promise<number>;
  pass: (minutes: number) => void;
}

async function openWatched(t: TestContext): Promise<Watched> {
  let now = new Date("2026-11-23T11:00:00Z");
  const told: PageTrouble[] = [];
  const failing = new Map<string, Error>();
  const site = await createSite(
    await tinyOptions(t, {
      clock: { now: () => now },
      onTrouble: (trouble) => told.push(trouble),
      routes(app) {
        app.get<{ Params: { id: string } }>("/parcels/:id", route({ needs: "see" }), async ({ params: { id } }) => {
          const error = failing.get(id);
          if (error !== undefined) throw error;
          return "fine";
        });
      },
    }),
  );
  t.after(() => site[Symbol.asyncDispose]());
  return {
    told,
    failing,
    ask: async (path) => (await ask(site.url + path)).status,
    pass: (minutes) => {
      now = new Date(now.getTime() + minutes * 60_000);
    },
  };
}

const about = { route: "GET /parcels/:id", since: new Date("2026-11-23T11:00:00Z") };

test("a page that fails inside is told at once, by its route and a code, without what was asked for or what went wrong", async (t) => {
  const { told, failing, ask } = await openWatched(t);
  failing.set("SECRET", new TypeError("SECRET is not iterable"));
  assert.equal(await ask("/parcels/SECRET?find=SECRET"), 500);
  assert.deepEqual(told, [{ ...about, state: "failing", code: "TypeError", times: 1 }]);
  assert.ok(!JSON.stringify(told).includes("SECRET"));
});

test("the code is that of the error where it has one that is a word", async (t) => {
  const { told, failing, ask } = await openWatched(t);
  failing.set("1", new Broken("The key is lost."));
  failing.set("2", Object.assign(new Error("no"), { code: "ERR_SQLITE_ERROR" }));
  failing.set("3", Object.assign(new Error("no"), { code: "SECRET of a patient", name: "SECRET too" }));
  for (const id of failing.keys()) assert.equal(await ask(`/parcels/${id}`), 500);
  assert.deepEqual(
    told.map((trouble) => trouble.state === "failing" && trouble.code),
    ["lost-key", "ERR_SQLITE_ERROR", "unknown"],
  );
});

test("a page that goes on failing is told at growing intervals, also while others of its kind are shown", async (t) => {
  const { told, failing, ask, pass } = await openWatched(t);
  failing.set("1", new Error("broken"));
  for (let minute = 0; minute < 60; minute += 1) {
    for (const id of ["1", "2", "1"]) await ask(`/parcels/${id}`);
    pass(1);
  }
  assert.deepEqual(
    told.map(({ state, times }) => [state, times]),
    [
      ["failing", 1],
      ["failing", 3],
      ["failing", 13],
      ["failing", 73],
    ],
  );
});

test("that pages work again is told once, when one is shown and none has failed for 15 minutes", async (t) => {
  const { told, failing, ask, pass } = await openWatched(t);
  failing.set("1", new Error("broken"));
  await ask("/parcels/1");
  failing.clear();
  pass(14);
  await ask("/parcels/1");
  assert.equal(told.length, 1);
  pass(1);
  await ask("/nowhere");
  assert.equal(told.length, 1);
  for (let time = 0; time < 3; time += 1) await ask("/parcels/1");
  assert.deepEqual(told.slice(1), [{ ...about, state: "over", times: 1 }]);
});

test("what a person has caused is not told as trouble of the pages", async (t) => {
  const { told, ask } = await openWatched(t);
  for (const path of ["/nowhere", "/assets/own/none.css", `/parcels/${"x".repeat(300)}`, "/parcels/%zz"])
    assert.ok([400, 404, 414].includes(await ask(path)), path);
  assert.deepEqual(told, []);
});

test("a page whose template fails is told as that", async (t) => {
  const told: PageTrouble[] = [];
  const { url } = await openTinySite(t, {
    routes: (app, { show }) => app.get("/", route({ needs: "see" }), async (_, reply) => show(reply, "missing", {})),
    onTrouble: (trouble) => told.push(trouble),
  });
  const { status, text } = await ask(url);
  assert.equal(status, 500);
  assert.match(text, /<h1 class="nhsuk-heading-l">This did not work<\/h1>/);
  assert.deepEqual(
    told.map((trouble) => trouble.state === "failing" && [trouble.route, trouble.code]),
    [["GET /", "template-failed"]],
  );
});

test("where even the page that says so cannot be made, a person is told in a line, and nothing of the inside", async (t) => {
  const told: PageTrouble[] = [];
  const { url } = await openTinySite(t, {
    views: new URL("broken-views/", import.meta.url),
    onTrouble: (trouble) => told.push(trouble),
  });
  const { status, text, headers } = await ask(`${url}/fails`);
  assert.equal(status, 500);
  assert.equal(text, "Something went wrong here. Try again; if it keeps happening, tell support.");
  assert.equal(headers["content-type"], "text/plain; charset=utf-8");
  assert.equal(headers["cache-control"], "no-store");
  assert.deepEqual(new Set(told.map(({ route }) => route)), new Set(["GET /fails"]));
});
