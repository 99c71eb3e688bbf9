import assert from "node:assert/strict";
import { connect as connectPlain } from "node:net";
import { test, type TestContext } from "node:test";
import { connect, type ConnectionOptions } from "node:tls";
import { text } from "node:stream/consumers";
import { expiredCertificate, settableClock, strangeAuthority, testAuthority } from "@restante/testbed";
import { createSite, type Door, SiteError, type SiteOptions } from "../../../src/index.ts";
import { ask } from "../../http.ts";
import { openAudit } from "../../open-audit.ts";
import { tinyOptions } from "../../tiny-site.ts";
import { certificateFor, type DoorSite, name, openDoorSite } from "./open-door-site.ts";

const address = new URL(`https://${name}`);

test("a site with a door is served over HTTPS at its address, and its visitor is nobody until they sign in", async (t) => {
  const site = await openOwnTls(t);
  assert.equal(site.url, `https://${name}`);
  const answer = await site.ask("/");
  assert.deepEqual([answer.status, answer.text], [200, "seen by 127.0.0.1"]);
  assert.equal(answer.headers["strict-transport-security"], "max-age=31536000");
  const secret = await site.ask("/secret");
  assert.deepEqual([secret.status, secret.headers["location"]], [303, "/sign-in?to=%2Fsecret"]);
  const told = site.audit.find({ limit: 9 }).rows.map(({ actor, act, outcome }) => `${actor} ${act} ${outcome}`);
  assert.deepEqual(told, ["nobody list done"]);
});

test("every answer tells browsers to come over HTTPS from then on, a problem too", async (t) => {
  const site = await openOwnTls(t);
  for (const path of ["/", "/nowhere", "/%zz", "/secret", "/assets/own/tiny.css"])
    assert.equal((await site.ask(path)).headers["strict-transport-security"], "max-age=31536000", path);
});

test("for this computer alone it needs no address, and has browsers remember nothing of localhost", async (t) => {
  const site = await openDoorSite(t, { tls: await certificateFor("localhost", "127.0.0.1") });
  assert.match(site.url, /^https:\/\/127\.0\.0\.1:\d+$/);
  const answer = await site.ask("/");
  assert.deepEqual([answer.status, answer.headers["strict-transport-security"]], [200, undefined]);
  assert.equal((await site.ask("/", { headers: { host: name } })).status, 421);
  assert.equal((await site.submit({ origin: `https://localhost:${site.port}` })).status, 303);
});

for (const [what, host] of [
  ["a name that somebody pointed at it", "rebound.example"],
  ["its name at another port", `${name}:8443`],
  ["its name with a dot behind it", `${name}.`],
  ["its name with a user before it", `user@${name}`],
  ["its name as a part of another", `${name}.evil.example`],
  ["its name behind another", `evil.example, ${name}`],
  ["its IP address", "127.0.0.1"],
  ["localhost", "localhost"],
  ["nothing", ""],
] as const) {
  test(`asked for as ${what}, it answers with none of its pages`, async (t) => {
    const site = await openOwnTls(t);
    const forwarded = { "x-forwarded-host": name, forwarded: `host=${name};proto=https` };
    for (const path of ["/", "/assets/own/tiny.css", "/nowhere"]) {
      const answer = await site.ask(path, { headers: { host, ...forwarded } });
      assert.ok([400, 421].includes(answer.status), `${path}: ${answer.status}`);
      assert.doesNotMatch(answer.text, /seen by/);
    }
    assert.equal((await site.submit({ host })).status === 303, false);
    assert.equal(site.sent(), 0);
  });
}

test("a request without a name, or with two of them, is not answered with a page", async (t) => {
  const site = await openOwnTls(t);
  for (const head of [
    "GET / HTTP/1.1\r\n",
    "GET / HTTP/1.0\r\n",
    `GET / HTTP/1.1\r\nHost: rebound.example\r\nHost: ${name}\r\n`,
    `GET / HTTP/1.1\r\nHost: ${name}\r\nHost: rebound.example\r\n`,
    `GET http://rebound.example/ HTTP/1.1\r\nHost: ${name}\r\n`,
    `GET https://rebound.example HTTP/1.1\r\nHost: ${name}\r\n`,
    "GET / HTTP/1.1\r\nHost: \t\r\n",
  ]) {
    const answer = await exchange(site.port, `${head}Connection: close\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 4(00|04|21) /, head);
    assert.doesNotMatch(answer, /seen by/);
  }
});

test("its name in capitals, and with the port that HTTPS has anyway, is its name", async (t) => {
  const site = await openOwnTls(t);
  for (const host of [name.toUpperCase(), `${name}:443`])
    assert.equal((await site.ask("/", { headers: { host } })).status, 200, host);
});

test("an address with a port of its own is answered with that port alone", async (t) => {
  const site = await openOwnTls(t, { address: new URL(`https://${name}:8443`) });
  assert.equal((await site.ask("/")).status, 200);
  for (const host of [name, `${name}:443`, `${name}:${site.port}`])
    assert.equal((await site.ask("/", { headers: { host } })).status, 421, host);
});

for (const [what, headers, status] of [
  ["the page's own, by the browser's word", { "sec-fetch-site": "same-origin", origin: "null" }, 303],
  ["the page's own, by its origin", { origin: `https://${name}` }, 303],
  ["a site beside it", { "sec-fetch-site": "same-site", origin: `https://other.${name}` }, 403],
  ["another site that says the right origin", { "sec-fetch-site": "cross-site", origin: `https://${name}` }, 403],
  ["outside any page", { "sec-fetch-site": "none" }, 403],
  ["no word at all", {}, 403],
  ["a null origin", { origin: "null" }, 403],
  ["another origin", { origin: "https://evil.example" }, 403],
  ["its own name over HTTP", { origin: `http://${name}` }, 403],
  ["its own name at another port", { origin: `https://${name}:8443` }, 403],
] as const) {
  test(`a form from ${what} is answered ${status}`, async (t) => {
    const site = await openOwnTls(t);
    const { "sec-fetch-site": from, origin } = headers as Record<string, string>;
    // What submit() says of itself is taken away, where this one says nothing.
    const shown = await site.ask("/token");
    const body = new URLSearchParams({ token: shown.text }).toString();
    const answer = await site.ask("/send", {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": String(body.length),
        ...(from !== undefined && { "sec-fetch-site": from }),
        ...(origin !== undefined && { origin }),
      },
      body,
    });
    assert.equal(answer.status, status);
    assert.equal(site.sent(), status === 303 ? 1 : 0);
    assert.deepEqual(
      site.refused.map(({ code, address }) => `${code} ${address}`),
      status === 303 ? [] : ["form-from-elsewhere 127.0.0.1"],
    );
  });
}

test("a form that is not taken is told with its address alone, and not each time", async (t) => {
  const clock = settableClock();
  const site = await openOwnTls(t, {}, { clock });
  for (let times = 0; times < 3; times += 1) {
    assert.equal((await site.submit({ "sec-fetch-site": "cross-site" })).status, 403);
    const body = "token=made-up&nhsNumber=9434765919";
    const headers = { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" };
    assert.equal(
      (
        await site.ask("/send?about=9434765919", {
          method: "POST",
          headers: { ...headers, "content-length": String(body.length) },
          body,
        })
      ).status,
      403,
    );
  }
  const told = (): string[] => site.refused.map(({ code, address, times }) => `${code} ${address} ${times}`);
  const atOnce = ["form-from-elsewhere 127.0.0.1 1", "form-without-token 127.0.0.1 1"];
  assert.deepEqual(told(), atOnce);
  clock.advance(60_000);
  await site.submit({ "sec-fetch-site": "cross-site" });
  assert.deepEqual(told(), [...atOnce, "form-from-elsewhere 127.0.0.1 4"]);
  assert.doesNotMatch(JSON.stringify(site.refused), /9434765919|made-up/);
});

test("a picture, a frame or a script on another site that names a page has it neither shown nor written down as seen", async (t) => {
  const site = await openOwnTls(t);
  for (const from of ["cross-site", "same-site"]) {
    for (const kind of ["image", "iframe", "frame", "object", "embed", "script", "empty"]) {
      const headers = { "sec-fetch-site": from, "sec-fetch-dest": kind, "sec-fetch-mode": "no-cors" };
      assert.equal((await site.ask("/", { headers })).status, 403, kind);
    }
  }
  assert.deepEqual(
    site.audit.find({ limit: 99 }).rows.filter(({ outcome }) => outcome === "done"),
    [],
  );
  const link = { "sec-fetch-site": "cross-site", "sec-fetch-dest": "document", "sec-fetch-mode": "navigate" };
  assert.equal((await site.ask("/", { headers: link })).status, 200);
});

test("a WebSocket is refused in words, from wherever it is asked for", async (t) => {
  const site = await openOwnTls(t);
  for (const origin of [`https://${name}`, "https://evil.example"]) {
    const asked = `GET / HTTP/1.1\r\nHost: ${name}\r\nOrigin: ${origin}\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n`;
    const key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    const answer = await exchange(site.port, asked + key);
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.match(answer, /There is no WebSocket here/);
  }
});

test("whoever speaks HTTP to its port is told to use HTTPS, and where", async (t) => {
  const site = await openOwnTls(t);
  const answer = await ask(`http://127.0.0.1:${site.port}/tasks/1`);
  assert.equal(answer.status, 400);
  assert.equal(answer.text, `This is a port of HTTPS: open https://${name}\n`);
  // Nor does anything else that is no TLS hold it up.
  const noise = connectPlain(site.port, "127.0.0.1");
  noise.on("error", () => {});
  noise.end("\u0000\u0001 nonsense\r\n\r\n");
  await new Promise((resolve) => noise.once("close", resolve));
  assert.equal((await site.ask("/")).status, 200);
});

test("it speaks TLS 1.2 and 1.3, no older one, and no encryption without forward secrecy", async (t) => {
  const site = await openOwnTls(t);
  for (const version of ["TLSv1.2", "TLSv1.3"] as const)
    assert.equal(await handshake(site.port, { minVersion: version, maxVersion: version }), version);
  const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
  await assert.rejects(handshake(site.port, old), /alert|version|protocol/);
  for (const ciphers of ["AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA256", "AES128-SHA"])
    await assert.rejects(handshake(site.port, { maxVersion: "TLSv1.2", ciphers }), /alert|handshake/, ciphers);
});

for (const [what, host, door, words] of [
  ["without a certificate and a proxy", "127.0.0.1", { address }, /served over HTTPS alone/],
  ["without an address, where others reach it", "0.0.0.0", {}, /need the address/],
  ["behind a proxy without an address", "127.0.0.1", { trustedProxies: ["127.0.0.1"] }, /need the address/],
  ["at an address without HTTPS", "0.0.0.0", { address: new URL("http://x.example") }, /one of HTTPS without a path/],
  ["at an address with a path", "0.0.0.0", { address: new URL("https://x.example/w") }, /one of HTTPS without a path/],
  ["at an address with a user", "0.0.0.0", { address: new URL("https://u@x.example") }, /one of HTTPS without a path/],
  ["with no proxy to trust", "127.0.0.1", { address, trustedProxies: [] }, /nobody reaches/],
  ...["0.0.0.0/0", "::/0", "10.0.0.0/33", "10.0.0/8", "proxy.example", "", "fe80::1%lo", "1.2.3.4/8/8"].map(
    (range) => [`that trusts "${range}"`, "127.0.0.1", { address, trustedProxies: [range] }, /range of them/] as const,
  ),
] satisfies readonly (readonly [string, string, Door, RegExp])[]) {
  test(`a door ${what} is refused before anything listens`, async (t) => {
    const needsTls = !what.startsWith("without a certificate") && !("trustedProxies" in door);
    const own = needsTls ? { tls: await certificateFor("x.example") } : {};
    await refused(t, { ...door, ...own }, "door-unusable", words, host);
  });
}

test("a door without a sign-in, and a sign-in without a door, are refused before anything listens", async (t) => {
  const tls = await certificateFor(name);
  const signIn = { access: await openAudit(t) };
  for (const given of [{ door: { address, tls } }, { signIn }, { door: { tls } }]) {
    await assert.rejects(createSite(await tinyOptions(t, given)), { code: "door-unusable" });
  }
});

test("a certificate that no browser would take is refused in words, and none of them is of the key", async (t) => {
  const [own, other] = [await certificateFor(name), await certificateFor("other.example")];
  const none = await (await strangeAuthority()).issue({ commonName: name, kind: "server" });
  for (const [tls, words] of [
    [{ cert: own.cert, key: other.key }, /the key is not the certificate's/],
    [other, /is for other\.example, not for worklist\.example/],
    [none, /is for no name \(subjectAltName\), not for worklist\.example/],
    [{ cert: own.cert, key: "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----" }, /damaged/],
    [{ cert: "nothing", key: own.key }, /damaged/],
  ] as const) {
    const error = await refused(t, { address, tls }, "certificate-unusable", words);
    assert.doesNotMatch(error.message, /BEGIN|abc/);
  }
});

test("a certificate is for an IP address where the address is one", async (t) => {
  await openDoorSite(t, { address: new URL("https://192.0.2.7"), tls: await certificateFor("192.0.2.7") });
  await openDoorSite(t, {
    address: new URL("https://[2001:db8::7]"),
    tls: await certificateFor("2001-db8", "2001:db8::7"),
  });
  const tls = await certificateFor("192.0.2.8");
  await refused(t, { address: new URL("https://192.0.2.7"), tls }, "certificate-unusable", /not for 192\.0\.2\.7/);
});

test("a certificate that has expired keeps no site from starting: its end is told elsewhere", async (t) => {
  await openDoorSite(t, { tls: await expiredCertificate() });
});

async function openOwnTls(t: TestContext, door: Door = {}, changes: Partial<SiteOptions> = {}): Promise<DoorSite> {
  return openDoorSite(t, { address, tls: await certificateFor(name), ...door }, changes);
}

async function refused(
  t: TestContext,
  door: Door,
  code: SiteError["code"],
  words: RegExp,
  host = "127.0.0.1",
): Promise<SiteError> {
  let found: unknown;
  const options = await tinyOptions(t, { host, door, signIn: { access: await openAudit(t) } });
  await assert.rejects(createSite(options), (error) => (found = error) instanceof SiteError);
  const error = found as SiteError;
  assert.deepEqual([error.code, words.test(error.message)], [code, true], error.message);
  return error;
}

/** What is answered to a request as it is written, with whatever is wrong in it. */
async function exchange(port: number, asked: string): Promise<string> {
  const { caPem } = await testAuthority();
  const socket = connect({ port, host: "127.0.0.1", ca: caPem, servername: name });
  socket.write(asked);
  return text(socket);
}

async function handshake(port: number, options: ConnectionOptions): Promise<string | null> {
  const { caPem } = await testAuthority();
  return new Promise((resolve, reject) => {
    const socket = connect({ ...options, port, host: "127.0.0.1", ca: caPem, servername: name });
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
  });
}
