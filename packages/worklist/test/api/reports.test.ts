import assert from "node:assert/strict";
import { test } from "node:test";
import { PracticeError } from "@restante/practice";
import type { ReportList } from "@restante/practice";
import { guidanceFor } from "../../src/words/reports.ts";
import { everyReport } from "../sample-reports.ts";
import { headerIds } from "../sample-things.ts";
import { jsonOf, openApiSite } from "./open-api-site.ts";

test("a program lists reports by how they stand and who has them, finds them by a text, and is told what no filter takes", async (t) => {
  const { worklist, access, program, tokens } = await openApiSite(t, "optional", "nobody");
  const asking = program(tokens["read-only"]);
  const reports = worklist.reports.bind(worklist);
  let asked: ReportList | undefined;
  worklist.reports = (list) => reports((asked = list));
  const states = async (query: string): Promise<unknown> => {
    const answer = jsonOf(await asking.get(`/api/reports?${query}`));
    return (answer["items"] as { headerId: string }[]).map(({ headerId }) => headerId);
  };
  assert.deepEqual(await states("state=late"), [headerIds.overdue]);
  assert.deepEqual(await states("state=held"), [headerIds.held]);
  assert.deepEqual(await states("state=undelivered"), [headerIds.returned]);
  assert.deepEqual(await states("state=accepted&size=1"), [headerIds.accepted]);
  const { items } = jsonOf(await asking.get("/api/receivers")) as { items: { key: string }[] };
  for (const { key } of items) assert.ok(((await states(`receiver=${key}`)) as string[]).length > 0, key);
  assert.deepEqual(await states("receiver=Z99"), []);
  await states("sort=oldest");
  assert.deepEqual([asked?.sort, asked?.query], ["oldest", {}]);

  const search = { text: "onerous", state: "held", receiver: "Y99002", sort: "oldest", size: 2 };
  assert.equal((await asking.post("/api/reports/search", search)).status, 200);
  assert.deepEqual(asked?.query, { text: "onerous", show: "held", receiver: "Y99002" });
  // What is searched for names a patient, and its row has what was found.
  assert.equal(jsonOf(await asking.post("/api/reports/search", { text: headerIds.held }))["total"], 1);
  const [row] = access.audit.find({ limit: 1 }).rows;
  assert.deepEqual([row?.act, row?.outcome, row?.subjects], ["search", "done", [`report:${headerIds.held}`]]);

  worklist.reports = async () => ({ items: [], total: 2000, cutOff: true });
  assert.equal(jsonOf(await asking.post("/api/reports/search", { text: "a" }))["cutOff"], true);
  worklist.reports = () => Promise.reject(new PracticeError("search-too-long", "Too long."));
  const long = await asking.post("/api/reports/search", { text: "a b c d e f g h i j k" });
  assert.deepEqual([long.status, jsonOf(long)["code"]], [400, "search-too-long"]);
  for (const query of ["state=overdue", "receiver=9912609131", "text=onerous", "sort=patient", "size=101"]) {
    const { status, text } = await asking.get(`/api/reports?${query}`);
    assert.deepEqual([status, JSON.parse(text).problems[0].pointer], [400, `/${query.split("=")[0]}`], text);
  }
  assert.equal((await asking.post("/api/reports/search", { state: "late" })).status, 400);
});

test("a program is told what a report waits for, why it may be late and what to do, as the page says it", async (t) => {
  const { worklist, program, tokens } = await openApiSite(t, "optional", "nobody");
  const asking = program(tokens.clinician);
  worklist.sent.splice(0, Infinity, ...everyReport());
  for (const report of worklist.sent) {
    const shown = jsonOf(await asking.get(`/api/reports/${report.headerId}`));
    const { means, causes, next, again } = guidanceFor(report);
    assert.deepEqual(shown["guidance"], { means, ...(causes && { causes }), next, again });
    const { awaits, problem } = report;
    assert.deepEqual(
      shown["awaits"],
      awaits && { level: awaits.level, since: "2026-11-23T07:40:00.000Z", by: "2026-11-24T07:40:00.000Z" },
    );
    assert.equal(shown["problem"], problem);
  }
  const [first] = worklist.sent;
  first!.unused = [
    {
      messageId: "M7",
      receivedAt: new Date("2026-11-23T08:00:00Z"),
      level: "business",
      code: "30003",
      text: "Patient not known here",
      strayId: 1,
    },
  ];
  assert.deepEqual(jsonOf(await asking.get(`/api/reports/${first!.headerId}`))["unused"], [
    {
      messageId: "M7",
      receivedAt: "2026-11-23T08:00:00.000Z",
      level: "business",
      code: "30003",
      text: "Patient not known here",
      strayId: 1,
    },
  ]);
});
