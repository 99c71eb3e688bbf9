import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { SiteError } from "@restante/web";
import { ask, submit, formOf } from "../../web/test/http.ts";
import { organisation, sampleWorklist, type SampleWorklist } from "./sample-worklist.ts";
import { openPages } from "./open-pages.ts";

/** Its title is a script. */
const documentToPrint = "/tasks/1/attachments/2/print";

for (const host of ["0.0.0.0", "::", "192.0.2.1", "example.org", ""]) {
  test(`the pages are not served on "${host}", where another computer could reach them`, async (t) => {
    await assert.rejects(
      openPages(t, { worklist: sampleWorklist(), organisation, host }),
      (error) => error instanceof SiteError && error.code === "host-not-loopback",
    );
  });
}

test("a name that someone has pointed at this computer is not answered", async (t) => {
  const { url } = await open(t);
  const { port } = new URL(url);
  for (const host of [`rebound.example:${port}`, "127.0.0.1", `127.0.0.1.nip.example:${port}`]) {
    const answer = await ask(url, { headers: { host } });
    assert.ok([400, 421].includes(answer.status), `${host}: ${answer.status}`);
    assert.doesNotMatch(answer.text, /WIŚNIEWSKI/);
  }
  assert.equal((await ask(url, { headers: { host: `localhost:${port}` } })).status, 200);
});

test("every answer forbids inline scripts, frames, sniffing, referrers and storing", async (t) => {
  const { url } = await open(t);
  for (const path of ["/", "/tasks/1", "/reports", "/unmatched", "/nowhere", "/tasks/1/original", documentToPrint]) {
    const { headers } = await ask(url + path);
    const policy = String(headers["content-security-policy"]);
    assert.match(policy, /default-src 'none'/, path);
    assert.match(policy, /script-src 'self';/, path);
    assert.match(policy, /frame-ancestors 'none'/, path);
    assert.doesNotMatch(policy, /unsafe/, path);
    assert.equal(headers["x-content-type-options"], "nosniff", path);
    assert.equal(headers["referrer-policy"], "no-referrer", path);
    assert.equal(headers["cache-control"], "no-store", path);
    assert.equal(headers["x-frame-options"], "DENY", path);
  }
});

test("no page carries a script, a style or an event handler of its own, nor asks another machine for anything", async (t) => {
  const { url } = await open(t);
  for (const path of ["/", "/tasks/1", "/tasks/2", "/reports", "/unmatched", documentToPrint]) {
    const { text } = await ask(url + path);
    assert.doesNotMatch(text, /<script(?![^>]* src="\/assets\/)[^>]*>/, path);
    assert.doesNotMatch(text, /<style|\sstyle="|\son\w+="|javascript:/, path);
    assert.doesNotMatch(text, /(src|href)="(https?:)?\/\//, path);
  }
  const css = await ask(`${url}/assets/nhsuk/nhsuk-frontend.min.css`);
  assert.equal(css.status, 200);
  assert.doesNotMatch(css.text, /https?:\/\/(?!www\.w3\.org)/);
});

const elsewhere: readonly { name: string; headers: Record<string, string> }[] = [
  { name: "another site", headers: { "sec-fetch-site": "cross-site" } },
  { name: "another port of this computer", headers: { "sec-fetch-site": "same-site" } },
  { name: "outside any page", headers: { "sec-fetch-site": "none" } },
];
for (const { name, headers } of elsewhere) {
  test(`a form sent from ${name} changes nothing, even with a right token`, async (t) => {
    const { url, worklist } = await open(t);
    const form = formOf((await ask(`${url}/tasks/1`)).text, "/tasks/1/complete");
    const answer = await submit(`${url}/tasks/1/complete`, form, headers);
    assert.equal(answer.status, 403);
    assert.deepEqual(worklist.calls, []);
  });
}

test("a form needs the token that was shown with it, for that very action", async (t) => {
  const { url, worklist } = await open(t);
  const other = formOf((await ask(`${url}/tasks/2`)).text, "/tasks/2/complete");
  for (const fields of [{}, { token: "" }, { token: "guess" }, { token: other }]) {
    assert.equal((await submit(`${url}/tasks/1/complete`, fields as Record<string, string>)).status, 403);
  }
  assert.deepEqual(worklist.calls, []);
});

test("only the named files of the packages are served, whatever the path", async (t) => {
  const { url } = await open(t);
  for (const path of [
    "/assets/own/worklist.ts",
    "/assets/own/missing.css",
    "/assets/web/site.ts",
    "/assets/web/page.njk",
    "/assets/own/..%2f..%2f..%2fpackage.json",
    "/assets/own/%2e%2e",
    "/assets/nhsuk/template.njk",
    "/assets/pdfjs/pdf.sandbox.min.mjs",
    "/assets/constructor/name",
    "/assets/__proto__/x.js",
    "/assets/images/missing.svg",
    "/../package.json",
  ]) {
    assert.equal((await ask(url + path)).status, 404, path);
  }
});

test("a failure inside is a page without its reason", async (t) => {
  const { url, worklist } = await open(t);
  worklist.counts = () => {
    throw new Error("near 'WIŚNIEWSKI': SQL secret");
  };
  const answer = await ask(url);
  assert.equal(answer.status, 500);
  assert.match(answer.text, /Something went wrong here/);
  assert.doesNotMatch(answer.text, /SQL secret|WIŚNIEWSKI/);
});

async function open(t: TestContext): Promise<{ url: string; worklist: SampleWorklist }> {
  const worklist = sampleWorklist();
  const pages = await openPages(t, { worklist, organisation });
  return { url: pages.url, worklist };
}
