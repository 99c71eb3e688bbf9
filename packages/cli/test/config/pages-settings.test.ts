import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createLocalAuthority } from "@restante/authority";
import type { Event } from "@restante/mesh";
import type { Practice } from "@restante/practice";
import { SettingsError } from "@restante/settings";
import { ask } from "../../../web/test/http.ts";
import { remediesIn } from "../../src/config/opening.ts";
import type { PartSettings } from "../../src/config/part.ts";
import { type PracticeFile, practicePart } from "../../src/config/practice-file.ts";
import { readPart } from "../../src/config/read-part.ts";
import { openPages } from "../../src/config/start-practice.ts";
import { narrate } from "../../src/terminal/narrate.ts";
import { atEnd } from "../support/at-end.ts";
import { environment, partsFolder, writePages } from "./parts-folder.ts";

const away = "whoever reaches the pages may then do everything";
const wayIn = "signIn: { local: true }";
const tls = "tls: { key: tls/server.key, cert: tls/server.crt }";
const address = "address: https://worklist.example";

for (const [what, pages, problems] of [
  [
    "for others without a sign-in",
    "host: 0.0.0.0",
    [`/host must be 127.0.0.1, ::1 or localhost where there is no signIn: ${away}`],
  ],
  [
    "for others without a sign-in, with all that goes with one",
    `host: 0.0.0.0\n${address}\n${tls}\nproxy: { trusted: [127.0.0.1] }`,
    [
      ' must have "signIn" with "address"',
      ' must have "signIn" with "tls"',
      ' must have "signIn" with "proxy"',
      `/host must be 127.0.0.1, ::1 or localhost where there is no signIn: ${away}`,
    ],
  ],
  [
    "with a sign-in, without HTTPS and an address",
    `host: 0.0.0.0\n${wayIn}`,
    [
      "/address is missing: where other computers reach the pages, they are asked for by it",
      ' must have "tls" or "proxy" with "signIn": nobody signs in without HTTPS',
    ],
  ],
  [
    "with a sign-in without HTTPS, on this computer",
    wayIn,
    [' must have "tls" or "proxy" with "signIn": nobody signs in without HTTPS'],
  ],
  [
    "with a sign-in that nobody can use",
    `${tls}\nsignIn: { local: false }`,
    ["/signIn must have a way in: local: true, or openId"],
  ],
  [
    "with a second factor that is demanded of nobody",
    `${tls}\nsignIn: { secondFactor: required }`,
    [
      "/signIn must have a way in: local: true, or openId",
      "/signIn/secondFactor is demanded of accounts of this system alone, and without local: true nobody signs in by one: of an issuer it is asked by acrValues, or require",
    ],
  ],
  [
    "behind a proxy without an address",
    `${wayIn}\nproxy: { trusted: [127.0.0.1] }`,
    [' must have "address" with "proxy"'],
  ],
  [
    "with everything written wrongly",
    "host: worklist\naddress: http://worklist.example/pages\ntls: { authority: ca, key: tls/server.key }\nproxy: { trusted: [0.0.0.0/0, proxy.example, 10.0.0.0/8] }\nsignIn: { local: yes please, secondFactor: always, idleMinutes: 0, absoluteHours: 48 }\nauditKey: { env: KEY }",
    [
      "/host must be an IP address of this machine, 0.0.0.0 or :: for every one of them, or localhost",
      "/address must be an address of HTTPS as a browser shows it, without a path, such as https://worklist.example",
      '/tls must have "cert" with "key"',
      '/tls must have either "key" or "authority"',
      "/proxy/trusted/0 must be the IP address of a proxy, or a range such as 10.1.2.0/24, and not everybody",
      "/proxy/trusted/1 must be the IP address of a proxy, or a range such as 10.1.2.0/24, and not everybody",
      "/signIn must have a way in: local: true, or openId",
      "/signIn/local must be true or false",
      '/signIn/secondFactor must be "optional" or "required"',
      "/signIn/idleMinutes must be a whole number from 1 to 720",
      "/signIn/absoluteHours must be a whole number from 1 to 24",
      "/auditKey/file is missing: it must be a text that is not empty",
      "/auditKey has a property that is none of file",
    ],
  ],
  [
    "that trust no proxy",
    `${address}\n${wayIn}\nproxy: { trusted: [] }`,
    ["/proxy/trusted must be a list of at least 1 item"],
  ],
  [
    "at a port that nobody knows",
    `port: 0\n${address}\n${wayIn}\n${tls}`,
    ["/port must be a port of its own: at the address, others have to reach it"],
  ],
  [
    "with a key that is another's, and an audit key of which nobody knows where",
    `${wayIn}\ntls: { key: tls/client.key, cert: tls/server.crt }\nauditKey: { file: ~/audit.key }`,
    [
      "/tls cannot be used: the key is not the certificate's",
      "/auditKey/file must be a path as it is: ~ and $ stand for nothing here (./~ and ./$ are names that begin so)",
    ],
  ],
  [
    "with a key and a certificate that are not there",
    `${wayIn}\ntls: { key: tls/none.key, cert: tls/none.crt }`,
    [
      "/tls/key names tls/none.key, which cannot be read: there is no such file",
      "/tls/cert names tls/none.crt, which cannot be read: there is no such file",
    ],
  ],
] as const) {
  test(`pages ${what} are refused, all that is wrong at once`, async (t) => {
    const folder = await partsFolder(t);
    const found = await problemsOf(() => readPages(folder, pages), folder);
    assert.deepEqual(found, problems.map((problem) => `/pages${problem}`).toSorted());
  });
}

for (const [what, pages] of [
  ["by a certificate", `${address}\nhost: 0.0.0.0\n${wayIn}\n${tls}`],
  ["by a proxy", `${address}\n${wayIn}\nproxy: { trusted: [127.0.0.1, "::1", 10.1.2.0/24] }`],
  ["by a proxy over HTTPS", `${address}\nhost: "::"\n${wayIn}\n${tls}\nproxy: { trusted: [10.1.2.3] }`],
  ["by a certificate on this computer alone", `port: 0\n${wayIn}\n${tls}`],
  ["by a local authority", `address: https://[2001:db8::7]:8443/\nhost: 2001:db8::7\n${wayIn}\ntls: { authority: ca }`],
] as const) {
  test(`pages with a sign-in ${what} are what is meant`, async (t) => {
    const folder = await partsFolder(t);
    const { signIn, auditKey } = (await readPages(folder, `${pages}\nauditKey: { file: keys/audit.key }`)).file.pages!;
    assert.deepEqual(signIn, { local: true, secondFactor: "optional", idleMinutes: 20, absoluteHours: 10 });
    assert.equal(auditKey?.file, join(folder, "keys/audit.key"));
  });
}

test("pages with a sign-in are served over HTTPS by the local authority of the settings, and its end and strangers are told", async (t) => {
  const folder = await partsFolder(t);
  const { url, events, ca } = await start(t, folder, `port: 0\n${wayIn}\ntls: { authority: ca }`);
  assert.match(url, /^https:/);
  const connection = { ca, servername: "localhost" };
  assert.equal((await ask(url, { connection })).status >= 300, true);
  assert.equal((await ask(`${url}/assets/web/site.css`, { connection })).status, 200);
  assert.equal((await ask(url, { connection, headers: { host: "rebound.example" } })).status, 421);
  const method = "POST";
  assert.equal(
    (await ask(`${url}/sign-in`, { method, connection, headers: { "sec-fetch-site": "cross-site" } })).status,
    403,
  );
  assert.deepEqual(
    events.filter(({ event }) => event === "visit-refused").map((refused) => narrate(refused)?.what),
    [
      "its pages were not shown to 127.0.0.1, for the first time: they were asked for under a name that is not theirs",
      "a form was not taken from 127.0.0.1, for the first time: another site had it sent, or none",
    ],
  );
  assert.equal(
    events.some(({ event }) => event === "certificate-expires"),
    false,
  );
});

test("the end of the pages' certificate is told at the start, and whose it is", async (t) => {
  const folder = await partsFolder(t);
  const longAgo = { now: (): Date => new Date(Date.now() - 390 * 24 * 60 * 60 * 1000) };
  const old = await createLocalAuthority(join(folder, "old"), { clock: longAgo });
  const { cert, key } = await old.issue({ commonName: "worklist", hosts: ["localhost"], kind: "server" });
  await writeFile(join(folder, "tls/server.crt"), cert);
  await writeFile(join(folder, "tls/server.key"), key);
  const { events } = await start(t, folder, `port: 0\n${wayIn}\n${tls}`);
  const told = events.find(({ event }) => event === "certificate-expires");
  assert.ok(told?.event === "certificate-expires");
  assert.deepEqual([told.of, told.odsCode, told.daysLeft], ["pages", "Y99001", 7]);
  const { who, what } = narrate(told)!;
  assert.match(
    `${who}: ${what}`,
    /^Y99001 system: the certificate of its pages, worklist expires in 7 days \(.*\): see docs/,
  );
});

test("a certificate that is not for the address of the pages keeps them from starting, in one line", async (t) => {
  const folder = await partsFolder(t);
  await assert.rejects(start(t, folder, `port: 8701\n${address}\n${wayIn}\n${tls}`), {
    code: "certificate-unusable",
    message:
      "The pages cannot be served: the certificate is for 127.0.0.1, not for worklist.example, so browsers would refuse it.",
  });
});

async function readPages(folder: string, pages: string): Promise<PartSettings<PracticeFile>> {
  const port = pages.includes("port:") ? "" : "  port: 8701\n";
  const file = await writePages(folder, `${port}${pages.replaceAll(/^/gm, "  ")}\n`);
  return readPart(practicePart, file, { environment });
}

async function start(
  t: TestContext,
  folder: string,
  pages: string,
): Promise<{ url: string; events: Event[]; ca: string }> {
  const closing = new AsyncDisposableStack();
  atEnd(t, () => closing.disposeAsync());
  const events: Event[] = [];
  const settings = await readPages(folder, pages);
  const opening = { emit: (event: Event) => void events.push(event), closing, remedies: remediesIn("practice.yaml") };
  const url = await openPages(settings, { worklist: {} } as unknown as Practice, opening);
  return { url: url ?? "", events, ca: (await createLocalAuthority(join(folder, "ca"))).caPem };
}

function problemsOf(read: () => Promise<unknown>, folder: string): Promise<string[]> {
  return read().then(
    () => assert.fail("the settings were accepted"),
    (error: unknown) => {
      assert.ok(error instanceof SettingsError, String(error));
      const lines = error.message.split("\n").slice(1);
      return lines
        .map((line) =>
          line
            .replaceAll(`${folder}/`, "")
            .replace(/^\s*practice\.yaml /, "")
            .replace(/ \(.*?\)/, ""),
        )
        .toSorted();
    },
  );
}
