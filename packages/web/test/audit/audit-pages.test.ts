import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { formatMoment } from "../../src/index.ts";
import { ask, formOf, readable, submit } from "../http.ts";
import { fillAudit } from "./fill-audit.ts";
import { name, nhsNumber, openAuditPages } from "./open-audit-pages.ts";

test("the audit is shown newest first, in words, and each look at it is a row itself", async (t) => {
  const { url, audit } = await openAuditPages(t);
  audit.record({ actor: "u-1", source: "10.0.0.7", act: "download", outcome: "refused", subjects: ["parcel:9"] });
  const first = await ask(`${url}/audit`);
  assert.match(
    readable(first.text),
    /Row&nbsp;1 ?Who Amina &lt;Patel&gt;from 10\.0\.0\.7.*Open or download a file.*parcel:9.*Refused/,
  );
  const second = readable((await ask(`${url}/audit`)).text);
  assert.match(second, /Row&nbsp;2 ?Who Whoever uses this computerfrom 127\.0\.0\.1 ?What Read the audit.*Row&nbsp;1/);
  const [row] = audit.find({ limit: 1 }).rows;
  assert.deepEqual([row?.act, row?.outcome, row?.sequence], ["read-audit", "done", 3]);
});

test("rows that are alike and follow each other are one line with their number, and each is there by itself", async (t) => {
  const { url, audit, folder } = await openAuditPages(t);
  const look = { actor: "u-1", source: "::1", act: "view", outcome: "done", subjects: ["parcel:1"] } as const;
  await fillAudit(folder, [look, look, look, { ...look, actor: "u-2" }, look]);
  const { text } = await ask(`${url}/audit`);
  const since = formatMoment([...audit.read({})][0]!.at);
  assert.match(readable(text), new RegExp(`Look at, 3 times since ${since}`));
  assert.equal(text.match(/href="\/audit\/rows\/\d+"/g)?.length, 3);
  assert.match(readable((await ask(`${url}/audit/rows/2`)).text), /Row 2 of the audit.*parcel:1/);
  // The last two are more than a number here can say.
  for (const none of ["999", "9007199254740993", "9".repeat(30)])
    assert.equal((await ask(`${url}/audit/rows/${none}`)).status, 404, none);
});

test("a long audit is turned page by page, to its first row", async (t) => {
  const { url, folder } = await openAuditPages(t);
  await fillAudit(
    folder,
    Array.from({ length: 250 }, (_, turn) => ({
      actor: `u-${turn % 2}`,
      source: "::1",
      act: "view",
      outcome: "done",
      subjects: [],
    })),
  );
  let address: string | undefined = "/audit";
  const seen: string[] = [];
  while (address !== undefined) {
    const { text } = await ask(url + address);
    seen.push(...Array.from(text.matchAll(/href="\/audit\/rows\/(\d+)"/g), ([, row]) => row!));
    address = /href="(\/audit\?before=\d+)"/.exec(text)?.[1];
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 250 }, (_, index) => String(250 - index)),
  );
});

test("who saw a patient is found by the NHS number, which is in no address, header, log or row", async (t) => {
  const { url, audit, find, folder } = await openAuditPages(t);
  await ask(`${url}/parcels/1`);
  await ask(`${url}/parcels/2`);
  const spaced = `${nhsNumber.slice(0, 3)} ${nhsNumber.slice(3, 6)} ${nhsNumber.slice(6)}`;
  const location = await find({ about: spaced });
  assert.match(location, /^\/audit\/found\/[\w-]{22}$/);
  const { text, headers } = await ask(url + location);
  assert.match(readable(text), /1 thing kept here names this patient/);
  assert.match(text, /href="\/audit\/rows\/1"/);
  assert.doesNotMatch(text, /href="\/audit\/rows\/2"/);
  // In the form alone, for whoever typed it.
  assert.equal(text.split(spaced).length, 2);
  assert.ok(!JSON.stringify(headers).includes(nhsNumber));
  assert.deepEqual(
    audit.find({ limit: 2 }).rows.map(({ act, subjects }) => [act, subjects]),
    [
      ["read-audit", ["parcel:1"]],
      ["search", []],
    ],
  );
  const stored = new DatabaseSync(join(folder, "access.sqlite"), { readOnly: true });
  t.after(() => stored.close());
  const all = JSON.stringify([...stored.prepare("SELECT * FROM audit").all(), ...audit.read({})]);
  for (const form of [nhsNumber, spaced, encodeURIComponent(spaced), spaced.replaceAll(" ", "+")]) {
    assert.ok(!all.includes(form) && !location.includes(form));
  }
});

test("of a patient of whom nothing is kept it is not said that nobody saw them", async (t) => {
  const { url, find } = await openAuditPages(t);
  const { text } = await ask(url + (await find({ about: "943 476 5919" })));
  assert.match(
    readable(text),
    /Nothing that is kept here is about this patient\. Rows about what is gone since cannot be found by its patient/,
  );
});

test("rows are found by who, what, which and the days of the United Kingdom, the last day to its end", async (t) => {
  const { url, audit, find } = await openAuditPages(t);
  audit.record({ actor: "u-1", source: "::1", act: "view", outcome: "done", subjects: ["parcel:1"] });
  audit.record({ actor: "u-2", source: "::1", act: "download", outcome: "done", subjects: ["parcel:2"] });
  const found = async (fields: Record<string, string>): Promise<string[]> => {
    const { text } = await ask(url + (await find(fields)));
    return Array.from(text.matchAll(/href="\/audit\/rows\/([12])"/g), ([, row]) => row!);
  };
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/London" }).format(new Date());
  assert.deepEqual(await found({ who: "u-1" }), ["1"]);
  assert.deepEqual(await found({ act: "download" }), ["2"]);
  assert.deepEqual(await found({ about: "parcel:2" }), ["2"]);
  assert.deepEqual(await found({ who: "u-1", about: "parcel:2" }), []);
  assert.deepEqual(await found({ from: today, to: today, act: "view" }), ["1"]);
  assert.deepEqual(await found({ to: "2020-01-01" }), []);
});

test("what cannot be searched for is said at its field, and kept nowhere", async (t) => {
  const { url } = await openAuditPages(t);
  const { token } = formOf((await ask(`${url}/audit`)).text, "/audit/find");
  const fields = { about: "Łukasz <b>", from: "2026-02-30", to: "x", token };
  const { status, text } = await submit(`${url}/audit/find`, fields);
  assert.equal(status, 400);
  assert.match(text, /href="#about"/);
  assert.match(
    readable(text),
    /Enter a whole NHS number.*About whom or what.*Enter a whole NHS number.*First day must be a real date/,
  );
  assert.match(text, /value="Łukasz &lt;b&gt;"/);
  const later = await submit(`${url}/audit/find`, { from: "2026-03-02", to: "2026-03-01", token });
  assert.match(readable(later.text), /Last day must be the same as or after the first day/);
});

test("a search is nobody else's, whatever its address is known by", async (t) => {
  const { url, find, signIn } = await openAuditPages(t);
  signIn({ id: "u-1", binding: "one" });
  const location = await find({ about: nhsNumber });
  assert.equal((await ask(url + location)).status, 200);
  signIn({ id: "u-1", binding: "another sign-in of the same person" });
  const { status, text } = await ask(url + location);
  assert.equal(status, 404);
  assert.match(text, /of another sign-in/);
  assert.ok(!text.includes(nhsNumber));
});

test("what a row is about is shown by an act of its own, which is written down first", async (t) => {
  const { url, audit } = await openAuditPages(t);
  await ask(`${url}/parcels/1`);
  await ask(`${url}/parcels/2`);
  const page = await ask(`${url}/audit/rows/1`);
  assert.ok(!page.text.includes(name) && !page.text.includes(nhsNumber));
  const { token } = formOf(page.text, "/audit/resolve/parcel:1");
  const shown = await submit(`${url}/audit/resolve/parcel:1`, { token, row: "1" });
  assert.equal(shown.status, 200);
  assert.match(shown.text, /WIŚNIEWSKI, Łukasz, NHS number/);
  assert.match(shown.text, /href="\/parcels\/1"/);
  const [row] = audit.find({ limit: 1 }).rows;
  assert.deepEqual([row?.act, row?.outcome, row?.subjects], ["resolve", "asked", ["parcel:1"]]);
  const other = formOf((await ask(`${url}/audit/rows/2`)).text, "/audit/resolve/parcel:2");
  assert.equal((await submit(`${url}/audit/resolve/parcel:2`, { token: other.token })).status, 404);
  assert.equal((await submit(`${url}/audit/resolve/parcel:1`, { token: other.token })).status, 403);
});

test("an auditor who may not see patients is given no link to one", async (t) => {
  const { url, signIn } = await openAuditPages(t);
  await ask(`${url}/parcels/1`);
  signIn({ id: "u-1", binding: "one" });
  const { token } = formOf((await ask(`${url}/audit/rows/1`)).text, "/audit/resolve/parcel:1");
  const { text } = await submit(`${url}/audit/resolve/parcel:1`, { token });
  assert.match(text, /WIŚNIEWSKI/);
  assert.doesNotMatch(text, /href="\/parcels/);
});

test("an audit is verified on its page, and a row that was changed stands among the others", async (t) => {
  const { url, audit, folder } = await openAuditPages(t);
  for (const id of [1, 2, 3]) {
    audit.record({ actor: "u-1", source: "::1", act: "view", outcome: "done", subjects: [`parcel:${id}`] });
  }
  const verify = async (): Promise<string> => {
    const { token } = formOf((await ask(`${url}/audit`)).text, "/audit/verify");
    return readable((await submit(`${url}/audit/verify`, { token })).text);
  };
  assert.match(await verify(), /Every row is as it was written.* 5 rows were looked at/);
  const database = new DatabaseSync(join(folder, "access.sqlite"));
  database.exec("DROP TRIGGER audit_is_not_changed; UPDATE audit SET subjects = '[' WHERE sequence = 2");
  database.close();
  assert.match(await verify(), /The audit is not as it was written.*Row 2 is not as it was written/);
  assert.match(readable((await ask(`${url}/audit`)).text), /What this row says cannot be read: somebody changed it/);
});
