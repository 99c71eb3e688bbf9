import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { MeshClientError } from "@restante/mesh-client";
import { type Environment, readProxy } from "../../src/proxy/proxy.ts";
import { answer, clientOf, startFaultyPeer } from "../faulty-peer.ts";
import { startConnectProxy } from "./connect-proxy.ts";

function proxyFor(server: string, environment: Environment): string {
  const proxy = readProxy("environment", new URL(server), environment);
  if (proxy === undefined) return "direct";
  const signIn =
    proxy.authorization === undefined ? "" : `${Buffer.from(proxy.authorization.slice(6), "base64").toString()}@`;
  return `${signIn}${proxy.host}:${proxy.port}`;
}

test("the environment names the proxy for a server of https, with its sign-in, in whatever form", () => {
  const server = "https://mesh.example";
  const forms: readonly [environment: Environment, expected: string][] = [
    [{}, "direct"],
    [{ HTTPS_PROXY: "" }, "direct"],
    [{ HTTP_PROXY: "http://other:1" }, "direct"],
    [{ HTTPS_PROXY: "http://proxy.example:3128" }, "proxy.example:3128"],
    [{ HTTPS_PROXY: " http://proxy.example:3128/ " }, "proxy.example:3128"],
    [{ HTTPS_PROXY: "http://proxy.example" }, "proxy.example:80"],
    [{ HTTPS_PROXY: "proxy.example:3128" }, "proxy.example:3128"],
    [{ HTTPS_PROXY: "http://[::1]:3128" }, "::1:3128"],
    [{ HTTPS_PROXY: "http://one:1", https_proxy: "http://two:2" }, "two:2"],
    [{ HTTPS_PROXY: "http://one:1", https_proxy: "" }, "direct"],
    [{ HTTPS_PROXY: "http://us%C3%A9r:p%40ss%3Aword@proxy.example:3128" }, "us\u00E9r:p@ss:word@proxy.example:3128"],
    [{ HTTPS_PROXY: "user:pass@proxy.example:3128" }, "user:pass@proxy.example:3128"],
    [{ HTTPS_PROXY: "http://user@proxy.example:3128" }, "user:@proxy.example:3128"],
  ];
  for (const [environment, expected] of forms)
    assert.equal(proxyFor(server, environment), expected, inspect(environment));
  assert.equal(
    proxyFor("http://mesh.example", { HTTPS_PROXY: "http://proxy:1" }),
    "direct",
    "HTTPS_PROXY is for https",
  );
});

test("NO_PROXY names hosts, all below a name, ports, addresses, ranges, or every host", () => {
  const named: readonly [noProxy: string, server: string, isDirect: boolean][] = [
    ["", "https://mesh.example", false],
    ["*", "https://mesh.example", true],
    ["other, *", "https://192.0.2.7", true],
    ["mesh.example", "https://mesh.example", true],
    ["MESH.example.", "https://mesh.EXAMPLE", true],
    ["mesh.example", "https://mesh.example.", true],
    ["mesh.example", "https://one.mesh.example", true],
    ["mesh.example", "https://othermesh.example", false],
    [".mesh.example", "https://one.mesh.example:8700", true],
    [".mesh.example", "https://mesh.example", true],
    ["*.mesh.example", "https://one.mesh.example", true],
    [".example", "https://example.org", false],
    ["mesh.example:8700", "https://mesh.example:8700", true],
    ["mesh.example:8700", "https://mesh.example", false],
    ["mesh.example:443", "https://mesh.example", true],
    [".example:8700 one,two", "https://mesh.example:8700", true],
    ["one\ttwo  mesh.example", "https://mesh.example", true],
    ["192.0.2.7", "https://192.0.2.7", true],
    ["192.0.2.7:8700", "https://192.0.2.7:8700", true],
    ["192.0.2.7:8700", "https://192.0.2.7:8701", false],
    ["192.0.2.7", "https://192.0.2.70", false],
    ["2.7", "https://192.0.2.7", false],
    ["192.0.2.0/24", "https://192.0.2.200:8700", true],
    ["192.0.2.0/24", "https://192.0.3.1", false],
    ["192.0.2.0/33", "https://192.0.2.1", false],
    ["192.0.2.0/x", "https://192.0.2.1", false],
    ["2001:db8::7", "https://[2001:db8:0::7]", true],
    ["[2001:db8::7]", "https://[2001:db8::7]:8700", true],
    ["[2001:db8::7]:8700", "https://[2001:db8::7]:8700", true],
    ["[2001:db8::7]:8700", "https://[2001:db8::7]", false],
    ["2001:db8::/32", "https://[2001:db8::7]", true],
    ["2001:db8::/32", "https://[2001:db9::7]", false],
    ["127.0.0.1", "https://localhost", false],
    [".,:,[,],/,:8700,*.", "https://mesh.example:8700", false],
  ];
  for (const [noProxy, server, isDirect] of named) {
    const found = proxyFor(server, { HTTPS_PROXY: "http://proxy:1", NO_PROXY: noProxy });
    assert.equal(found === "direct", isDirect, `${noProxy} for ${server}`);
  }
  const both = { HTTPS_PROXY: "http://proxy:1", NO_PROXY: "mesh.example", no_proxy: "other" };
  assert.equal(proxyFor("https://mesh.example", both), "proxy:1", "no_proxy goes before NO_PROXY");
});

test("a client goes by the environment when it is told to, and only then", async (t) => {
  const peer = await startFaultyPeer(t, [answer(200, { messages: [] })]);
  const proxy = await startConnectProxy(t);
  const before = { ...process.env };
  t.after(() => {
    process.env = before;
  });
  process.env = { ...before, https_proxy: proxy.url };
  delete process.env["no_proxy"];
  delete process.env["NO_PROXY"];
  await (await clientOf(t, peer.url)).list();
  assert.equal(proxy.asked.length, 0);
  await (await clientOf(t, peer.url, { proxy: "environment" })).list();
  assert.equal(proxy.asked.length, 1);
  process.env["no_proxy"] = "127.0.0.1";
  await (await clientOf(t, peer.url, { proxy: "environment" })).list();
  assert.equal(proxy.asked.length, 1);
});

test("a proxy that is none is refused when the client is made, by the name of the setting, repeating nothing of it", () => {
  const server = new URL("https://mesh.example");
  const wrong: readonly [field: string, proxy: unknown][] = [
    ["proxy", "secret"],
    ["proxy", null],
    ["proxy.url", {}],
    ["proxy.url", { url: "secret" }],
    ["proxy.url", { url: "https://secret:1" }],
    ["proxy.url", { url: "socks5://secret:1" }],
    ["proxy.url", { url: "http://secret:1/path" }],
    ["proxy.url", { url: "http://user:secret@proxy:1" }],
    ["proxy.username", { url: "http://proxy:1", password: "secret" }],
    ["proxy.username", { url: "http://proxy:1", username: "sec:ret", password: "secret" }],
    ["proxy.password", { url: "http://proxy:1", username: "secret" }],
    ["proxy.password", { url: "http://proxy:1", username: "user", password: "secret\r\nx: y" }],
  ];
  const inEnvironment = ["https://secret:1", "http://", "http://user:secret%@proxy:1", "http://u%3As:secret@proxy:1"];
  const checks: [field: string, read: () => unknown][] = [
    ...wrong.map(([field, proxy]): [string, () => unknown] => [
      field,
      () => readProxy(proxy as "environment", server, {}),
    ]),
    ...inEnvironment.map((text): [string, () => unknown] => [
      "HTTPS_PROXY",
      () => readProxy("environment", server, { HTTPS_PROXY: text }),
    ]),
  ];
  for (const [field, read] of checks) {
    assert.throws(read, (error) => {
      assert.ok(error instanceof MeshClientError);
      assert.deepEqual([error.code, error.field, error.retry], ["request-invalid", field, "never"]);
      assert.doesNotMatch(inspect(error, { depth: 20, showHidden: true }), /secret/);
      return true;
    });
  }
});
