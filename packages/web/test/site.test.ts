import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { waitFor } from "@restante/testbed";
import { createSite, type RefusedVisit, route, SiteError } from "../src/index.ts";
import { ask, readable, submit, formOf } from "./http.ts";
import { openTinySite, tinyOptions } from "./tiny-site.ts";

for (const host of ["0.0.0.0", "::", "192.0.2.1", "example.org", ""]) {
  test(`a site is not served on "${host}", where another computer could reach it`, async (t) => {
    await assert.rejects(
      createSite(await tinyOptions(t, { host })),
      (error) => error instanceof SiteError && error.code === "host-not-loopback",
    );
  });
}

test("a port in use is told as such", async (t) => {
  const { url } = await openTinySite(t);
  await assert.rejects(createSite(await tinyOptions(t, { port: Number(new URL(url).port) })), { code: "EADDRINUSE" });
});

test("a page has its title, the site's name, heading, navigation with its numbers, styles and foot", async (t) => {
  const { url } = await openTinySite(t);
  const { status, text, headers } = await ask(url);
  assert.equal(status, 200);
  assert.equal(headers["content-type"], "text/html; charset=utf-8");
  assert.match(text, /<title>Parcels – Parcel Office<\/title>/);
  assert.match(text, /<link rel="stylesheet" href="\/assets\/own\/tiny\.css">/);
  assert.match(text, /aria-current="page"/);
  assert.match(readable(text), /Parcel Office \(7\) Parcels &lt;all&gt; \(1 waiting\)/);
  assert.match(readable(text), /27 kB/);
  assert.match(
    text,
    /<time datetime="2026-07-23T07:41:30.000Z"><span class="app-nowrap">23 July 2026<\/span> <span class="app-nowrap">at 8:41am<\/span><\/time>/,
  );
  assert.match(text, /There is no sign-in/);
});

test("the NHS logo is on pages, and their icon, only where whoever runs the site says that it may be", async (t) => {
  for (const nhsLogo of [undefined, false, true]) {
    const { url } = await openTinySite(t, nhsLogo === undefined ? {} : { nhsLogo });
    for (const path of ["/", "/nowhere"]) {
      const { text } = await ask(url + path);
      const icon = /<link rel="icon" href="([^"]+)"/.exec(text)?.[1] ?? "";
      assert.equal(icon, nhsLogo ? "/assets/images/favicon.svg" : "/assets/web/favicon.svg");
      const file = await ask(url + icon);
      assert.deepEqual([file.status, file.headers["content-type"]], [200, "image/svg+xml"]);
      assert.equal(/nhsuk-header__logo|nhsuk-header__service-logo|aria-label="NHS/.test(text), nhsLogo === true);
      assert.match(readable(text), /Parcel Office \(7\) Parcels/);
      if (!nhsLogo) assert.match(text, /<a class="nhsuk-header__service-name" href="[^"]*">Parcel Office \(7\)<\/a>/);
    }
  }
});

test("a page may be given anything by any name that the layout does not say it takes", async (t) => {
  const given = {
    items: "one",
    item: "two",
    number: "three",
    html: "four",
    trouble: "five",
    style: "six",
    header: 7,
    footer: 8,
  };
  const { url } = await openTinySite(t, {
    surroundings: async () => ({ numbers: { list: { count: 1, of: "waiting" } }, troubles: ["Nothing is weighed."] }),
    routes: (app, { show }) => app.get("/", route({ needs: "see" }), async (_, reply) => show(reply, "names", given)),
  });
  assert.match((await ask(url)).text, /<p>one two three four five six 7 8<\/p>/);
});

test("trouble of the system stands on every page", async (t) => {
  const { url } = await openTinySite(t, { surroundings: async () => ({ troubles: ["<b>Nothing</b> is weighed."] }) });
  assert.match((await ask(url)).text, /<p>&lt;b&gt;Nothing&lt;\/b&gt; is weighed\.<\/p>/);
});

test("what is put into a page is shown as text, in the design system's own parts too", async (t) => {
  const { url, parcels } = await openTinySite(t);
  parcels.splice(0, 1, { name: `<script>alert("x")</script>'"{{7*7}}`, bytes: 1, at: new Date() });
  const { text } = await ask(url);
  assert.doesNotMatch(text, /<script>alert/);
  assert.equal(text.match(/&lt;script&gt;alert\(&quot;x&quot;\)&lt;\/script&gt;&#39;&quot;\{\{7\*7\}\}/g)?.length, 3);
});

test("every answer forbids inline scripts, frames, sniffing, referrers and storing", async (t) => {
  const { url } = await openTinySite(t);
  for (const path of ["/", "/nowhere", "/%zz", "/assets/own/%", "/fails", "/lost"]) {
    const { headers } = await ask(url + path);
    const policy = String(headers["content-security-policy"]);
    assert.match(policy, /^default-src 'none'; script-src 'self';/, path);
    assert.match(policy, /form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/, path);
    assert.equal(headers["x-content-type-options"], "nosniff", path);
    assert.equal(headers["x-frame-options"], "DENY", path);
    assert.equal(headers["referrer-policy"], "no-referrer", path);
    assert.equal(headers["cache-control"], "no-store", path);
  }
});

test("a name that someone has pointed at this computer is not answered, those of this computer are", async (t) => {
  const { url } = await openTinySite(t);
  const { port } = new URL(url);
  for (const host of [`rebound.example:${port}`, "127.0.0.1", `127.0.0.1.nip.example:${port}`]) {
    const answer = await ask(url, { headers: { host } });
    assert.ok([400, 421].includes(answer.status), `${host}: ${answer.status}`);
    assert.doesNotMatch(answer.text, /A parcel/);
  }
  assert.equal((await ask(`${url}/%zz`, { headers: { host: `rebound.example:${port}` } })).status, 421);
  for (const host of [`localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`])
    assert.equal((await ask(url, { headers: { host } })).status, 200, host);
});

for (const [name, site] of [
  ["another site", "cross-site"],
  ["another port of this computer", "same-site"],
  ["outside any page", "none"],
] as const) {
  test(`a form sent from ${name} is refused, even with a right token`, async (t) => {
    const { url, sent } = await openTinySite(t);
    const token = formOf((await ask(url)).text, "/send").token;
    assert.equal((await submit(`${url}/send`, { token }, { "sec-fetch-site": site })).status, 403);
    assert.equal(sent(), 0);
    assert.equal((await submit(`${url}/send`, { token })).status, 303);
    assert.equal(sent(), 1);
  });
}

test("a browser that does not say where a form comes from must name the site as its origin", async (t) => {
  const { url, sent } = await openTinySite(t);
  const body = new URLSearchParams({ token: formOf((await ask(url)).text, "/send").token }).toString();
  const post = (origin: Record<string, string>) =>
    ask(`${url}/send`, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": String(body.length),
        ...origin,
      },
      body,
    });
  for (const origin of [{}, { origin: "null" }, { origin: "http://evil.example" }])
    assert.equal((await post(origin as Record<string, string>)).status, 403);
  assert.equal(sent(), 0);
  assert.equal((await post({ origin: url })).status, 303);
});

test("a form needs the token that was shown with it, for that action, on this site", async (t) => {
  const { url, sent } = await openTinySite(t);
  const other = await openTinySite(t);
  const elsewhere = formOf((await ask(other.url)).text, "/send").token;
  for (const fields of [{}, { token: "" }, { token: "guess" }, { token: elsewhere }]) {
    const answer = await submit(`${url}/send`, fields);
    assert.equal(answer.status, 403);
    assert.match(answer.text, /Open it again and retry/);
  }
  assert.equal(sent(), 0);
});

test("a token is good for at least 12 hours, and not for two days", async (t) => {
  let now = new Date("2026-11-23T11:00:00Z");
  const { url } = await openTinySite(t, { clock: { now: () => now } });
  const token = formOf((await ask(url)).text, "/send").token;
  now = new Date("2026-11-25T11:00:00Z");
  assert.equal((await submit(`${url}/send`, { token })).status, 403);
  now = new Date("2026-11-23T23:00:00Z");
  assert.equal((await submit(`${url}/send`, { token })).status, 303);
});

test("a body that is too large or of another kind is refused on a page that says so", async (t) => {
  const { url, sent } = await openTinySite(t);
  const large = await submit(`${url}/send`, { token: "x".repeat(20_000) });
  assert.equal(large.status, 413);
  assert.match(large.text, /This did not work/);
  const json = await ask(`${url}/send`, {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": "2", "sec-fetch-site": "same-origin" },
    body: "{}",
  });
  assert.equal(json.status, 415);
  assert.equal(sent(), 0);
});

test("a page that there is not is told in the site's own words, and leads back", async (t) => {
  const { url } = await openTinySite(t);
  const { status, text } = await ask(`${url}/nowhere`);
  assert.equal(status, 404);
  assert.match(text, /<title>Page not found – Parcel Office<\/title>/);
  assert.match(text, /There is no page at this address\./);
  assert.match(text, /<a class="app-target" href="\/">Go to the parcels<\/a>/);
  for (const odd of ["/%zz", "/%E0%A4%A", "//", "/assets/%", "/?%zz"])
    assert.equal((await ask(url + odd)).status, odd === "/?%zz" ? 200 : 404, odd);
  for (const method of ["TRACE", "OPTIONS", "PUT", "DELETE"])
    assert.equal((await ask(url, { method })).status, 404, method);
  const own = await openTinySite(t, { notFound: "No such parcel." });
  assert.match((await ask(`${own.url}/nowhere`)).text, /<p>No such parcel\.<\/p>/);
});

test("a failure inside is a page without its reason, one that the site can explain says what it says", async (t) => {
  const { url } = await openTinySite(t);
  const failed = await ask(`${url}/fails`);
  assert.equal(failed.status, 500);
  assert.match(failed.text, /Something went wrong here/);
  assert.doesNotMatch(failed.text, /SECRET|syntax/);
  const lost = await ask(`${url}/lost`);
  assert.equal(lost.status, 503);
  assert.match(lost.text, /<p>The key is lost\. Ask the porter\.<\/p>/);
});

test("where what stands on every page cannot be read, the page that says so stands without it", async (t) => {
  const { url } = await openTinySite(t, {
    surroundings: async () => {
      throw new Error("SECRET");
    },
  });
  const { status, text } = await ask(url);
  assert.equal(status, 500);
  assert.match(text, /Something went wrong here/);
  assert.doesNotMatch(text, /SECRET/);
});

test("of more connections than it takes the next is closed and told, and when some have gone it answers again", async (t) => {
  const refused: RefusedVisit[] = [];
  const { url } = await openTinySite(t, { onRefusedVisit: (one) => void refused.push(one) });
  const port = Number(new URL(url).port);
  const taken: Socket[] = [];
  // Not more at once than may wait to be accepted: what the kernel holds back would come after the next.
  while (taken.length < 1000) {
    const some = Array.from({ length: 100 }, () => connect(port, "127.0.0.1"));
    taken.push(...some);
    await Promise.all(some.map((socket) => once(socket, "connect")));
  }
  t.after(() => taken.forEach((socket) => socket.destroy()));
  await assert.rejects(ask(url));
  assert.deepEqual(
    refused.map(({ code, address }) => [code, address]),
    [["too-many-at-once", "127.0.0.1"]],
  );
  const [first] = taken;
  first?.destroy();
  await waitFor(async () => (await ask(url)).status === 200);
});
