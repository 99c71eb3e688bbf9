import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "./http.ts";
import { openTinySite } from "./tiny-site.ts";

test("the design system, the site's own files and those of every site are served, each as what it is", async (t) => {
  const { url } = await openTinySite(t);
  for (const [path, type] of [
    ["/assets/nhsuk/nhsuk-frontend.min.css", "text/css; charset=utf-8"],
    ["/assets/nhsuk/nhsuk-frontend.min.js", "text/javascript; charset=utf-8"],
    ["/assets/images/favicon.svg", "image/svg+xml"],
    ["/assets/web/site.css", "text/css; charset=utf-8"],
    ["/assets/web/site.js", "text/javascript; charset=utf-8"],
    ["/assets/own/tiny.css", "text/css; charset=utf-8"],
  ] as const) {
    const { status, headers, bytes } = await ask(url + path);
    assert.equal(status, 200, path);
    assert.equal(headers["content-type"], type, path);
    assert.ok(bytes.length > 10, path);
  }
});

test("only named files are served, whatever the path", async (t) => {
  const { url } = await openTinySite(t);
  for (const path of [
    "/assets/own/..%2f..%2f..%2fpackage.json",
    "/assets/own/%2e%2e",
    "/assets/own/..",
    "/assets/own/tiny.css%00.js",
    "/assets/own/missing.css",
    "/assets/web/site.ts",
    "/assets/web/..%2fsite.ts",
    "/assets/nhsuk/template.njk",
    "/assets/nhsuk/nhsuk-frontend.css",
    "/assets/images/missing.svg",
    "/assets/constructor/name",
    "/assets/__proto__/x.js",
    "/assets/own",
    "/views/list.njk",
    "/../package.json",
  ]) {
    assert.equal((await ask(url + path)).status, 404, path);
  }
});

test("a site cannot put its own files in the place of every site's", async (t) => {
  const folder = new URL("assets/", import.meta.url);
  const { url } = await openTinySite(t, { assets: { web: { folder, names: /./ }, nhsuk: { folder, names: /./ } } });
  assert.equal((await ask(`${url}/assets/web/tiny.css`)).status, 404);
  assert.equal((await ask(`${url}/assets/web/site.css`)).status, 200);
});

test("no file that is served asks another machine for anything", async (t) => {
  const { url } = await openTinySite(t);
  for (const path of ["/assets/nhsuk/nhsuk-frontend.min.css", "/assets/web/site.css"])
    assert.doesNotMatch((await ask(url + path)).text, /https?:\/\/(?!www\.w3\.org)/, path);
});

test("a file is not sent again while the browser has it", async (t) => {
  const { url } = await openTinySite(t);
  const first = await ask(`${url}/assets/web/site.js`);
  assert.equal(first.headers["cache-control"], "no-cache");
  const again = await ask(`${url}/assets/web/site.js`, {
    headers: { "if-none-match": String(first.headers["etag"]) },
  });
  assert.equal(again.status, 304);
  assert.equal(again.bytes.length, 0);
});
