import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createSite, rights, rightsOf, roles } from "../../src/index.ts";
import { tinyOptions } from "../tiny-site.ts";

test("a site with a route that does not say who may use it does not start", async (t) => {
  const options = await tinyOptions(t, { routes: (app) => app.get("/open", () => "to all") });
  await assert.rejects(createSite(options), /The route GET \/open does not say who may use it\./);
});

test("each right is somebody's, and nobody who sees patients reads the audit", () => {
  assert.deepEqual(new Set(roles.flatMap((role) => rightsOf[role])), new Set(rights));
  for (const role of roles) {
    const may = rightsOf[role];
    assert.ok(!(may.includes("audit") && may.includes("see")), role);
  }
});

test("the page about users says what each role may do as the code does", () => {
  const page = readFileSync(new URL("../../../../docs/users.md", import.meta.url), "utf8");
  const told = Array.from(page.matchAll(/^\| `([a-z-]+)` +\|(.*)\|$/gm), ([, role, cells = ""]) => ({
    role,
    may: cells.split("|").map((cell) => cell.trim() === "yes"),
  }));
  const inCode = roles.map((role) => ({ role, may: rights.map((right) => rightsOf[role].includes(right)) }));
  assert.deepEqual(told, inCode);
});
