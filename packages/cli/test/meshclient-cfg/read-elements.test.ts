import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { clientElements, configElements } from "../../src/meshclient-cfg/elements.ts";
import { readCfgElements, type ReadElements } from "../../src/meshclient-cfg/read-elements.ts";
import { elementRows, notTaken } from "../../src/meshclient-cfg/words.ts";
import { temporaryFolder } from "../support/at-end.ts";
import { everyElement, without } from "./every-element.ts";

const here = { folder: "/opt/MESH-APP-HOME", platform: "linux" } as const;

function read(cfg: string | Uint8Array): ReadElements {
  return readCfgElements(typeof cfg === "string" ? Buffer.from(cfg) : cfg, here);
}

function settings(found: ReadElements): Record<string, unknown> {
  assert.deepEqual(found.problems, []);
  return Object.fromEntries(found.elements.flatMap(({ puts }) => puts.map(({ pointer, value }) => [pointer, value])));
}

/** Each as `Element (line N) words`. */
function refusals(cfg: string | Uint8Array): string[] {
  return read(cfg).problems.map(({ pointer, words, place }) => `${pointer.slice(1)} (${place?.line}) ${words}`);
}

test("every element of the Java client's settings becomes a setting, is replaced, or is known to have no meaning here", () => {
  const found = read(everyElement());
  assert.deepEqual(settings(found), {
    "/url": "https://127.0.0.1:8700",
    "/log": "/opt/MESH-APP-HOME/log/restante-client.log",
    "/tls/keystore": "/opt/MESH-APP-HOME/KEYSTORE/mesh.keystore",
    "/tls/keystorePassword": "keystore-£-password",
    "/stopFile": "/opt/MESH-APP-HOME/sig/mexclient.sig",
    "/pollIntervalMs": 900_000,
    "/retries/attempts": 4,
    "/connectionsInAll": 4,
    "/settleMs": 2000,
    "/sharedKey": "shared-sesame",
    "/mailboxes/0/mailboxId": "X26HC001",
    "/mailboxes/0/password": "pass&word",
    "/mailboxes/0/folder": "/opt/MESH-APP-HOME/data/X26HC001",
    "/mailboxes/0/reports/collect": true,
    "/mailboxes/0/reports/delay": true,
    "/mailboxes/0/reports/transfer": false,
    "/mailboxes/0/reports/poll": false,
    "/mailboxes/0/keepSent": false,
  });
  assert.equal(found.elements.length, configElements.length + clientElements.length);
  assert.equal(
    notTaken(found),
    "without meaning here: MaxMessages, AutoUpgrade, MailboxType; replaced: WorkPath, ClientLogLevel",
  );
  for (const { fate, take, here: words } of [...configElements, ...clientElements]) {
    assert.equal(take !== undefined, fate === "taken");
    if (fate === "taken") assert.match(words, /^`/);
  }
});

test("an element that is absent or empty is what the Java client takes it for", () => {
  const optional = [...configElements, ...clientElements].filter(({ isRequired }) => isRequired !== true);
  const names = optional.map(({ name }) => name);
  const absent = settings(read(without(everyElement(), ...names)));
  assert.deepEqual(absent, {
    "/url": "https://127.0.0.1:8700",
    "/tls/keystore": "/opt/MESH-APP-HOME/KEYSTORE/mesh.keystore",
    "/tls/keystorePassword": "keystore-£-password",
    "/pollIntervalMs": 1_800_000,
    "/retries/attempts": 4,
    "/connectionsInAll": 4,
    "/sharedKey": "shared-sesame",
    "/mailboxes/0/mailboxId": "X26HC001",
    "/mailboxes/0/password": "pass&word",
    "/mailboxes/0/folder": "/opt/MESH-APP-HOME/data/X26HC001",
    "/mailboxes/0/reports/collect": true,
    "/mailboxes/0/reports/delay": false,
    "/mailboxes/0/reports/transfer": false,
    "/mailboxes/0/reports/poll": false,
    "/mailboxes/0/keepSent": true,
  });
  const empty = everyElement(Object.fromEntries(names.map((name) => [name, "  "])));
  assert.deepEqual(settings(read(empty)), absent);
});

test("a file is read in UTF-8, UTF-16, windows-1252 and Latin-1, whatever it declares, and a £ in a password is a £", () => {
  const declared = (encoding: string): string => everyElement({}, [{}], ` encoding="${encoding}"`);
  const expected = settings(read(everyElement()));
  const files = [
    Buffer.from(declared("UTF-8")),
    Buffer.from(`\uFEFF${everyElement()}`),
    Buffer.from(declared("ISO-8859-1"), "latin1"),
    Buffer.from(everyElement(), "latin1"),
    Buffer.from(declared("UTF-8"), "latin1"),
    Buffer.from(`\uFEFF${declared("UTF-16")}`, "utf16le"),
    Buffer.from(declared("UTF-16"), "utf16le").swap16(),
    Buffer.from(everyElement().replaceAll("\n", "\r\n")),
  ];
  for (const [index, file] of files.entries()) assert.deepEqual(settings(read(file)), expected, `file ${index}`);
});

test("each Client is a mailbox of its own, with its own reports and its own word on SENT", () => {
  const found = read(everyElement({}, [{}, { ClientIdentity: "X26HC002", SaveSent: "Y", DelayReport: "N" }]));
  const all = settings(found);
  assert.equal(found.mailboxes, 2);
  assert.equal(all["/mailboxes/1/mailboxId"], "X26HC002");
  assert.deepEqual([all["/mailboxes/0/keepSent"], all["/mailboxes/1/keepSent"]], [false, true]);
  assert.deepEqual([all["/mailboxes/0/reports/delay"], all["/mailboxes/1/reports/delay"]], [true, false]);
  assert.ok(elementRows(found).some(([name, line]) => name === "Client[2]/SaveSent" && line === "line 39"));
});

test("the address may have what the Java client puts behind it already, and the signal file its name", () => {
  for (const url of ["https://mesh.example", "https://mesh.example/", "https://mesh.example/messageexchange/"]) {
    assert.equal(settings(read(everyElement({ PrimaryURL: url })))["/url"], "https://mesh.example");
  }
  assert.equal(settings(read(everyElement({ SignalPath: "/run/stop.sig" })))["/stopFile"], "/run/stop.sig");
});

test("what is wrong in an element is told by its line, all of it at once, and without what stands there", () => {
  const wrong = everyElement({
    PollPeriod: "1m-SECRET",
    ServerRetry: "-1",
    MaxConnections: "0",
    ProcessingDelay: "1.5",
    KeyStorePassword: "",
    LogPath: "C:\\MESH-APP-HOME\\log",
    SaveSent: "SECRET",
    InterfaceRoot: "data\\X26HC001",
  });
  assert.deepEqual(refusals(wrong), [
    "LogPath (4) is a path of Windows, and this machine is none: write where it is here",
    "KeyStorePassword (6) is empty",
    "PollPeriod (10) must be a whole number from 1 to 35791",
    "ServerRetry (11) must be a whole number from 0 to 99",
    "MaxConnections (13) must be a whole number from 1 to 10000",
    "ProcessingDelay (15) must be a whole number from 0 to 86400",
    "Client/InterfaceRoot (21) is a path of Windows, and this machine is none: write where it is here",
    "Client/SaveSent (27) must be Y or N",
  ]);
  assert.deepEqual(refusals(without(everyElement(), "PrimaryURL", "AuthenticationKey", "ClientAuthentication")), [
    "PrimaryURL (2) is missing",
    "AuthenticationKey (2) is missing",
    "Client/ClientAuthentication (15) is missing",
  ]);
  const windows = readCfgElements(Buffer.from(everyElement({ LogPath: "C:\\MESH-APP-HOME\\log" })), {
    folder: "C:\\MESH-APP-HOME",
    platform: "win32",
  });
  assert.deepEqual(windows.problems, []);
});

test("an element that is there twice, holds others, or is near a known one is refused; any other is passed over, and told", () => {
  const [twice, nested, near, far] = [
    "<PollPeriod>1</PollPeriod>",
    "<LogPath><Folder>x</Folder></LogPath>",
    "<PollPeroid>1</PollPeroid>",
    "<SomethingElse>1</SomethingElse>",
  ].map((line) =>
    (line.startsWith("<Log") ? without(everyElement(), "LogPath") : everyElement()).replace(
      "  <Client>",
      `  ${line}\n  <Client>`,
    ),
  );
  assert.deepEqual(refusals(twice!), ["PollPeriod (17) is there twice: only one can be meant"]);
  assert.deepEqual(refusals(nested!), ["LogPath (16) must be a text, and has elements in it"]);
  assert.deepEqual(refusals(near!), ["PollPeroid (17) is none of its elements: did you mean PollPeriod?"]);
  const found = read(far!);
  assert.deepEqual(settings(found), settings(read(everyElement())));
  assert.deepEqual(
    elementRows(found).find(([name]) => name === "SomethingElse"),
    ["SomethingElse", "line 17", "not known here, and passed over"],
  );
  assert.match(notTaken(found) ?? "", /; not known: SomethingElse$/);
  assert.deepEqual(refusals(everyElement().replace("  <Client>", "  stray\n  <Client>")), [
    " (2) has text between its elements",
  ]);
});

test("what is no meshclient.cfg is refused in words that quote nothing of it", () => {
  const cases: [string | Uint8Array, RegExp][] = [
    ["", /is empty/],
    [" \n ", /is empty/],
    ["url: https://mesh.example\n", /is not XML/],
    ["<Other/>", /\(1\) is no meshclient.cfg: its outermost element is not MESHConfig/],
    [without(everyElement({}, []), "x"), /\(2\) has no Client, and so no mailbox/],
    [everyElement().replace("</MESHConfig>", ""), /\(2\) ends inside MESHConfig: it is not closed/],
    [
      everyElement().replace("&amp;", "&"),
      /\(19\) ends inside ClientAuthentication: it is not closed, or a & in it is not/,
    ],
    [everyElement().replace("<SignalPath>", "< SignalPath>"), /\(9\) is not well-formed XML, in or behind MESHConfig/],
    [
      everyElement().replace("<MESHConfig>", '<!DOCTYPE MESHConfig [<!ENTITY a "b">]>\n<MESHConfig>'),
      /\(2\) has a DOCTYPE/,
    ],
    [everyElement().replace("100", "&a;"), /\(12\) is not well-formed XML, in or behind MaxMessages/],
    [everyElement().replace("100", "&#0;"), /\(12\) is not well-formed XML, in or behind MaxMessages/],
    ["<a>".repeat(9), /has elements more than 8 deep/],
    [Buffer.from([0xff, 0xfe, 0x00, 0xd8]), /cannot be read: it begins as UTF-16 and is not/],
    [Buffer.alloc(5_000_000, 32), /is larger than 4 MB/],
  ];
  for (const [cfg, words] of cases) {
    const [refusal = "", ...others] = refusals(cfg);
    assert.match(refusal, words);
    assert.deepEqual(others, []);
  }
});

test("a proxy is read from its file where that can mean one thing alone, and else refused; without the file there is none", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "proxy"));
  const reading = async (ini: string | Uint8Array | undefined, path = "proxy"): Promise<ReadElements> => {
    if (ini !== undefined) await writeFile(join(folder, "proxy", "proxy.ini"), ini);
    return readCfgElements(Buffer.from(everyElement({ ProxyPath: path })), { folder, platform: "linux" });
  };
  const proxyOf = (found: ReadElements): object =>
    Object.fromEntries(Object.entries(settings(found)).filter(([pointer]) => pointer.startsWith("/proxy")));
  const none = await reading(undefined);
  assert.deepEqual(proxyOf(none), {});
  assert.deepEqual(
    elementRows(none).find(([name]) => name === "ProxyPath"),
    ["ProxyPath", "line 8", "no proxy: there is no proxy.ini there"],
  );
  assert.deepEqual(proxyOf(await reading("# none\n\n[proxy]\nhttp.proxyHost=\n")), {});

  const whole =
    "; ours\r\n[Proxy]\r\nhttps.proxyHost = proxy.example\r\nhttps.proxyPort=3128\r\nproxyUser: me\r\nProxyPassword=a=b\r\n";
  const all = {
    "/proxy/url": "http://proxy.example:3128",
    "/proxy/username": "me",
    "/proxy/password": "a=b",
  };
  assert.deepEqual(proxyOf(await reading(whole)), all);
  assert.deepEqual(proxyOf(await reading(undefined, "proxy/proxy.ini")), all);
  assert.deepEqual(proxyOf(await reading("url=http://proxy.example:8080/\n")), {
    "/proxy/url": "http://proxy.example:8080",
  });
  const pounds = "[Proxy]\r\nhost=proxy.example\r\nuser=me\r\npassword=pa££word\r\n";
  const encoded = [
    Buffer.from(pounds),
    Buffer.from(`\uFEFF${pounds}`),
    Buffer.from(pounds, "latin1"),
    Buffer.from(`\uFEFF${pounds}`, "utf16le"),
  ];
  for (const ini of encoded) {
    assert.deepEqual(proxyOf(await reading(ini)), {
      "/proxy/url": "http://proxy.example",
      "/proxy/username": "me",
      "/proxy/password": "pa££word",
    });
  }
  for (const [ini, why] of [
    ["host=a\nsomething=SECRET\n", "its line 2 is none that is known here"],
    ["host=a\nSECRET\n", "its line 2 is none that is known here"],
    ["http.host=a\nhttps.host=SECRET\n", "its line 2 is none that is known here"],
    ["host=a\nport=SECRET\n", "its host or port is none"],
    ["host=a\nport=0\n", "its host or port is none"],
    ["host=a\nport=70000\n", "its host or port is none"],
    ["host=http://me:SECRET@a\nport=3128\n", "its host or port is none"],
    ["url=http://a:3128/SECRET\n", "its host or port is none"],
  ] as const) {
    const [problem] = (await reading(ini)).problems;
    assert.equal(
      problem?.words,
      `leads to ${join(folder, "proxy", "proxy.ini")}, and ${why}: take ProxyPath out, import the rest, and name the proxy in client.yaml`,
    );
  }
});
