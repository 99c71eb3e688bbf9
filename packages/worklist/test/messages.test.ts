import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { ask, readable } from "../../web/test/http.ts";
import { openPages } from "./open-pages.ts";
import { organisation, sampleWorklist } from "./sample-worklist.ts";
import { openSecurePages } from "./secure-pages.ts";
import { problems, refusals } from "../src/words/refusals.ts";

test("a page shows every text that a refusal or a form can give, without a patient, and whoever has signed in may see it", async (t) => {
  const { url } = await openPages(t, { worklist: sampleWorklist(), organisation });
  const { status, text } = await ask(`${url}/messages`);
  assert.equal(status, 200);
  const page = readable(text);
  for (const one of [...Object.values(refusals), ...Object.values(problems)]) assert.ok(page.includes(one), one);
  assert.match(page, /The password is too short: 12 characters at least/);
  assert.match(page, /To be matched The register does not settle/);
  assert.doesNotMatch(page, /WIŚNIEWSKI|undefined|\[object/);
  assert.match((await ask(url)).text, /<a class="nhsuk-footer__list-item-link" href="\/messages">/);

  const { visitor, signedIn } = await openSecurePages(t);
  assert.equal((await visitor().get("/messages")).status, 303);
  assert.doesNotMatch((await visitor().get("/sign-in")).text, /href="\/messages"/);
  assert.equal((await (await signedIn("auditor")).get("/messages")).status, 200);
});

test("no text that refuses something is written where it is given: each is in a table that the page of messages is made of", () => {
  const packages = fileURLToPath(new URL("../../", import.meta.url));
  for (const file of globSync("{web,worklist}/src/**/*.ts", { cwd: packages })) {
    const text = readFileSync(packages + file, "utf8");
    const literal = /\brefusal\(\s*\d+,\s*["'`][^)]*/.exec(text)?.[0];
    assert.equal(literal, undefined, file);
    assert.equal(
      /\{\s*(?:at|field): [^,}]+, text: ["'`]|\{\s*text: ["'`][^}]*, (?:at|field):/.exec(text)?.[0],
      undefined,
      file,
    );
  }
});
