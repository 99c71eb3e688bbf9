import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { rangeOf } from "../../../src/index.ts";
import { trustedAmong } from "../../../src/access/door/trusted-proxies.ts";
import { ask, formOf } from "../../http.ts";
import { certificateFor, type DoorSite, name, openDoorSite } from "./open-door-site.ts";

const address = new URL(`https://${name}`);
const asNginx = { "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.50" };

test("behind a proxy, whoever asks is the address that the proxy names, and its forms are taken", async (t) => {
  const { site, proxyUrl } = await behindProxy(t, (visitor) => ({ ...asNginx, "x-forwarded-for": visitor }));
  const seen = await ask(proxyUrl, { headers: { host: name }, connection: { localAddress: "127.0.0.7" } });
  assert.deepEqual([seen.status, seen.text], [200, "seen by 127.0.0.7"]);
  assert.equal(seen.headers["strict-transport-security"], "max-age=31536000");
  assert.deepEqual(
    site.audit.find({ limit: 9 }).rows.map(({ source }) => source),
    ["127.0.0.7"],
  );
  assert.equal((await site.submit(asNginx)).status, 303);
  assert.equal(
    (await site.submit({ ...asNginx, origin: `https://${name}`, "sec-fetch-site": "cross-site" })).status,
    403,
  );
  assert.deepEqual([site.url, site.sent()], [`https://${name}`, 1]);
  assert.deepEqual(
    site.refused.map(({ code, address }) => `${code} ${address}`),
    [`form-from-elsewhere ${asNginx["x-forwarded-for"]}`],
  );
});

test("whoever asks from elsewhere, as an open page does that keeps itself up to date, has a row of their own", async (t) => {
  const { site, proxyUrl } = await behindProxy(t, (visitor) => ({ ...asNginx, "x-forwarded-for": visitor }));
  const headers = { host: name, "x-restante-update": "1" };
  for (const localAddress of ["127.0.0.7", "127.0.0.7", "127.0.0.8", "127.0.0.7"]) {
    await ask(proxyUrl, { headers, connection: { localAddress } });
  }
  assert.deepEqual(
    site.audit.find({ limit: 9 }).rows.map(({ source }) => source),
    ["127.0.0.8", "127.0.0.7"],
  );
});

test("whoever has a whole network of IPv6 has no more attempts by it than by one address", async (t) => {
  const site = await openBehind(t, ["127.0.0.1"]);
  const from = (address: string): Record<string, string> => ({ ...asNginx, "x-forwarded-for": address });
  const { text } = await site.ask("/sign-in", { headers: from("2001:db8::1") });
  const { token } = formOf(text, "/sign-in");
  const guess = async (address: string, name: string): Promise<number> => {
    const body = new URLSearchParams({ token, name, password: "one that many have" }).toString();
    const type = { "content-type": "application/x-www-form-urlencoded", "content-length": String(body.length) };
    const headers = { ...from(address), ...type, "sec-fetch-site": "same-origin" };
    return (await site.ask("/sign-in", { method: "POST", headers, body })).status;
  };
  for (let one = 0; one < 20; one += 1) assert.equal(await guess(`2001:db8::${one}:1`, `name-${one}`), 401);
  assert.equal(await guess("2001:db8::ffff:1", "name-20"), 429);
  assert.equal(await guess("2001:db8:0:1::1", "name-21"), 401, "of another network");
});

test("a visitor cannot say that they are another: what the proxy adds behind it counts", async (t) => {
  const { proxyUrl } = await behindProxy(t, (visitor, given) => ({
    ...asNginx,
    // As $proxy_add_x_forwarded_for does.
    "x-forwarded-for": [given["x-forwarded-for"], visitor].filter((one) => one !== undefined).join(", "),
  }));
  const connection = { localAddress: "127.0.0.7" };
  for (const said of ["198.51.100.1", "127.0.0.7, 198.51.100.1", "nonsense", "", "127.0.0.2"]) {
    const headers = { host: name, "x-forwarded-for": said, "x-real-ip": "198.51.100.1", forwarded: "for=198.51.100.1" };
    assert.equal((await ask(proxyUrl, { headers, connection })).text, "seen by 127.0.0.7", said);
  }
});

for (const [what, headers, status, code] of [
  ["does not say how it was asked", { "x-forwarded-for": "192.0.2.50" }, 403, "not-over-https"],
  ["was asked over HTTP", { ...asNginx, "x-forwarded-proto": "http" }, 403, "not-over-https"],
  [
    "passes on that somebody was asked over HTTP",
    { ...asNginx, "x-forwarded-proto": "https, http" },
    403,
    "not-over-https",
  ],
  ["does not say who asks", { "x-forwarded-proto": "https" }, 400, "visitor-unnamed"],
  ["says nonsense of who asks", { ...asNginx, "x-forwarded-for": "unknown" }, 400, "visitor-unnamed"],
  ["says nothing of who asks", { ...asNginx, "x-forwarded-for": "" }, 400, "visitor-unnamed"],
  ["passes on no name", { ...asNginx, host: "127.0.0.1:8431" }, 421, "other-name"],
  ["names the site elsewhere", { ...asNginx, host: "evil.example", "x-forwarded-host": name }, 421, "other-name"],
] as const) {
  test(`a proxy that ${what} is answered ${status} in words, and that is told, not each time`, async (t) => {
    const site = await openBehind(t, ["127.0.0.0/8"]);
    for (const path of ["/", "/assets/own/tiny.css", "/nowhere"]) {
      const answer = await site.ask(path, { headers });
      assert.equal(answer.status, status, path);
      assert.match(answer.text, /X-Forwarded-|not served here/);
      assert.doesNotMatch(answer.text, /seen by/);
    }
    assert.deepEqual(
      site.refused.map((one) => [one.code, one.address, one.times]),
      [[code, "127.0.0.1", 1]],
    );
    assert.equal((await site.ask("/", { headers: asNginx })).status, 200);
  });
}

test("nobody but a trusted proxy is answered, whatever they say, and each of them is told once at first", async (t) => {
  const site = await openBehind(t, ["127.0.0.2", "127.0.1.0/24"]);
  for (const localAddress of ["127.0.0.2", "127.0.1.1", "127.0.1.254"])
    assert.equal((await site.ask("/", { headers: asNginx, connection: { localAddress } })).status, 200, localAddress);
  for (const localAddress of ["127.0.0.1", "127.0.0.3", "127.0.2.1"]) {
    for (const headers of [asNginx, {}, { ...asNginx, "x-forwarded-for": "127.0.0.2" }]) {
      const answer = await site.ask("/", { headers, connection: { localAddress } });
      assert.equal(answer.status, 403);
      assert.match(answer.text, /not the way to these pages\. These pages are at https:\/\/worklist\.example\./);
    }
  }
  assert.deepEqual(
    site.refused.map(({ code, address }) => [code, address]),
    ["127.0.0.1", "127.0.0.3", "127.0.2.1"].map((from) => ["not-the-proxy", from]),
  );
});

test("several proxies one behind another are passed over, and a visitor at a proxy's own machine is one too", async (t) => {
  const site = await openBehind(t, ["127.0.0.1", "10.1.2.0/24"]);
  for (const [said, visitor] of [
    ["192.0.2.50, 10.1.2.3", "192.0.2.50"],
    ["198.51.100.1, 192.0.2.50, 10.1.2.3, 10.1.2.4", "192.0.2.50"],
    ["127.0.0.1", "127.0.0.1"],
    ["192.0.2.50:50123", "192.0.2.50"],
    ["[2001:db8::5]:50123", "2001:db8::5"],
    ["2001:db8::5", "2001:db8::5"],
    ["192.0.2.50:1, 10.1.2.3:2", "192.0.2.50"],
  ] as const) {
    const answer = await site.ask("/", { headers: { ...asNginx, "x-forwarded-for": said } });
    assert.equal(answer.text, `seen by ${visitor}`, said);
  }
});

test("between a proxy and the site there may be HTTPS too, under a name of its own", async (t) => {
  const tls = await certificateFor("inside.example");
  const site = await openDoorSite(t, { address, tls, trustedProxies: ["127.0.0.1"] });
  const connection = { servername: "inside.example" };
  assert.equal((await site.ask("/", { headers: asNginx, connection })).text, "seen by 192.0.2.50");
  assert.equal((await site.ask("/", { connection })).status, 403);
});

test("an address or a range is known, also where IPv4 comes as IPv6, and nothing else", () => {
  const trusts = trustedAmong(["10.1.2.3", "192.168.7.0/24", "2001:db8:7::/48", "::1"]);
  for (const one of ["10.1.2.3", "::ffff:10.1.2.3", "192.168.7.255", "2001:db8:7:1::9", "2001:DB8:7::", "::1"])
    assert.equal(trusts(one), true, one);
  for (const one of ["10.1.2.4", "192.168.8.0", "2001:db8:8::", "::2", "", "nonsense", "10.1.2.3:80", undefined])
    assert.equal(trusts(one), false, one);
  assert.deepEqual(rangeOf("10.0.0.0/8"), { address: "10.0.0.0", bits: 8, family: "ipv4" });
});

async function openBehind(t: TestContext, trustedProxies: readonly string[]): Promise<DoorSite> {
  return openDoorSite(t, { address, trustedProxies });
}

/** A site, and a reverse proxy before it that says of each visitor's address and headers what it passes on. */
async function behindProxy(
  t: TestContext,
  says: (visitor: string, given: IncomingHttpHeaders) => Record<string, string>,
): Promise<{ site: DoorSite; proxyUrl: string }> {
  const site = await openBehind(t, ["127.0.0.1"]);
  const proxy = createServer((asked, answer) => {
    const { method, url: path, headers } = asked;
    const passed = request({
      host: "127.0.0.1",
      port: site.port,
      method,
      path,
      agent: false,
      headers: { ...headers, ...says(String(asked.socket.remoteAddress), headers) },
    });
    passed.on("response", (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(answer);
    });
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  t.after(() => proxy.close());
  return { site, proxyUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
}
