import assert from "node:assert/strict";
import { connect } from "node:tls";
import { test } from "node:test";
import type { Event } from "@restante/mesh";
import { ask } from "../../../web/test/http.ts";
import { by, testCertificate } from "../../../web/test/access/secure-site.ts";
import { openPages } from "../open-pages.ts";
import { headerIds } from "../sample-things.ts";
import { organisation, sampleWorklist } from "../sample-worklist.ts";
import { type ApiSite, jsonOf, openApiSite, programAt } from "./open-api-site.ts";

const day = 86_400_000;

function lastRow({ access }: ApiSite): string {
  const [row] = access.audit.find({ limit: 1 }).rows;
  return row === undefined ? "" : [row.actor, row.act, row.outcome, ...row.subjects].join(" ");
}

test("a token that is forged, another's, ended, revoked, in an address or a cookie opens nothing, and is written down", async (t) => {
  const site = await openApiSite(t, "optional", "nobody");
  const { access, program, tokens, clock } = site;
  const [one, two] = [tokens.clinician, tokens.administrator];
  const forged = [
    `${one.slice(0, -43)}${two.slice(-43)}`,
    `${one.slice(0, -1)}${one.endsWith("A") ? "E" : "A"}`,
    "x",
    one.toUpperCase(),
    `${one} ${two}`,
  ];
  for (const token of forged) {
    const { status, headers, text } = await program(token).get("/api/tasks");
    assert.deepEqual([status, JSON.parse(text).code], [401, "token-refused"], token);
    assert.match(String(headers["www-authenticate"]), /^Bearer/);
    assert.match(lastRow(site), /^nobody sign-in refused( token:clinician)?$/);
  }
  const none = program();
  const before = access.audit.head()?.sequence;
  for (const address of [`/api/tasks?token=${one}`, `/api/tasks?access_token=${one}`, "/api/tasks"]) {
    const { status, text } = await none.get(address, { cookie: `__Host-restante-session=${one}`, "x-api-key": one });
    assert.deepEqual([status, JSON.parse(text).code], [401, "token-missing"]);
  }
  // Who says nothing of who they are has no row: a stranger may ask a thousand times.
  assert.equal(access.audit.head()?.sequence, before);
  for (const given of [`Basic ${one}`, one, "Bearer", `Bearer ${"x".repeat(5000)}`]) {
    assert.equal((await none.get("/api/tasks", { authorization: given })).status, 401, given.slice(0, 20));
  }
  assert.equal((await program(one).get("/api/tasks")).status, 200);
  access.tokens.revoke("clinician", by);
  assert.equal((await program(one).get("/api/tasks")).status, 401);
  assert.equal(lastRow(site), "nobody sign-in refused token:clinician");
  clock.advance(365 * day);
  assert.equal((await program(two).get("/api/tasks")).status, 401);
});

test("a token that is revoked while a body is on its way does nothing by it", async (t) => {
  const { access, pages, tokens, worklist } = await openApiSite(t, "optional", "nobody");
  const { ca } = await testCertificate();
  const body = JSON.stringify({ version: 1, note: "x" });
  const { hostname, port } = new URL(pages.url);
  const socket = connect({ host: hostname, port: Number(port), ca, servername: "localhost" });
  const answered = new Promise<string>((resolve, reject) => {
    let text = "";
    socket.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
      if (text.startsWith("HTTP/1.1 100") && !text.includes("HTTP/1.1 4")) {
        // Its head has been looked at.
        access.tokens.revoke("clinician", by);
        socket.write(body);
      }
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
  socket.write(
    `POST /api/tasks/1/comment HTTP/1.1\r\nhost: ${new URL(pages.url).host}\r\nauthorization: Bearer ${tokens.clinician}\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n`,
  );
  assert.match(await answered, /HTTP\/1\.1 401 /);
  assert.deepEqual(worklist.calls, []);
});

test("wrong tokens from an address wait, fill no audit, and keep no right one out", async (t) => {
  const { access, program, tokens, visitor } = await openApiSite(t, "optional", "nobody");
  const wrong = program(`${tokens.clinician.slice(0, -43)}${"A".repeat(43)}`);
  const before = access.audit.head()?.sequence ?? 0;
  const statuses: number[] = [];
  for (let index = 0; index < 30; index += 1) {
    const { status, headers } = await wrong.get("/api/tasks");
    statuses.push(status);
    if (status === 429) assert.ok(Number(headers["retry-after"]) > 0);
  }
  assert.deepEqual([statuses.filter((one) => one === 401).length, statuses.at(-1)], [20, 429]);
  // The first that was not looked at is the last that is written down.
  assert.equal((access.audit.head()?.sequence ?? 0) - before, 21);
  assert.equal((await program(tokens.clinician).get("/api/tasks")).status, 200);
  // Nor do people wait who sign in from there.
  assert.equal((await visitor().signIn("clinician", "wrong password here")).status, 401);
});

test("a program that asks too often is told how long to wait, and another is not", async (t) => {
  const { program, tokens } = await openApiSite(t, "optional", "nobody");
  let now = 1000;
  t.mock.method(performance, "now", () => now);
  const asking = program(tokens.clinician);
  const statuses: number[] = [];
  for (let asked = 0; asked < 300; asked += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => asking.get("/api/counts")));
    statuses.push(...answers.map(({ status }) => status));
  }
  assert.deepEqual([statuses.length, ...new Set(statuses)], [300, 200]);
  const over = await asking.get("/api/counts");
  assert.deepEqual([over.status, jsonOf(over)["code"], over.headers["retry-after"]], [429, "too-many-requests", "1"]);
  assert.equal((await program(tokens["read-only"]).get("/api/counts")).status, 200);
  now += 100;
  assert.equal((await asking.get("/api/counts")).status, 200);
  assert.equal((await asking.get("/api/counts")).status, 429);
});

test("what no path takes is refused by name: verbs, types, long and broken bodies, and tricks with paths", async (t) => {
  const { program, tokens, worklist } = await openApiSite(t, "optional", "nobody");
  const asking = program(tokens.clinician);
  const codeOf = async (answer: ReturnType<typeof asking.get>): Promise<string> => {
    const { status, text, headers } = await answer;
    assert.match(String(headers["content-type"]), /^application\/problem\+json/, text.slice(0, 200));
    return `${status} ${JSON.parse(text).code}`;
  };
  const comment = "/api/tasks/1/comment";
  for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "GET"]) {
    const answer = asking.ask(method, comment);
    assert.equal(await codeOf(answer), "405 method-unknown", method);
    assert.equal((await answer).headers["allow"], "POST");
    assert.equal((await answer).headers["access-control-allow-origin"], undefined);
  }
  assert.equal(await codeOf(asking.ask("POST", "/api/tasks")), "405 method-unknown");
  const head = await asking.ask("HEAD", "/api/tasks/1");
  assert.deepEqual([head.status, head.text], [200, ""]);
  assert.equal((await program().ask("HEAD", "/api/tasks/1")).status, 401);

  const body = JSON.stringify({ version: 1, note: "x" });
  for (const type of [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
  ]) {
    assert.equal(await codeOf(asking.post(comment, body, { "content-type": type })), "415 body-not-json", type);
  }
  assert.equal(
    await codeOf(asking.post(comment, `{"version":1,"note":"${"x".repeat(20_000)}"}`)),
    "413 body-too-large",
  );
  for (const broken of [
    "",
    "{",
    "null",
    "[]",
    "7",
    '"x"',
    "[".repeat(8000),
    '{"version":1,"note":"a","note":"b"}',
    '{"version":1,"note":"x","__proto__":{"a":1}}',
    '{"version":1,"note":"x","constructor":1}',
    '{"version":"1","note":"x"}',
    '{"version":1.5,"note":"x"}',
    '{"version":-1,"note":"x"}',
    '{"version":1e400,"note":"x"}',
    '{"version":1,"note":7}',
    `{"version":1,"note":"${"x".repeat(501)}"}`,
    '{"version":1,"note":"x","extra":1}',
    '{"note":"x"}',
  ]) {
    assert.equal(await codeOf(asking.post(comment, broken)), "400 request-invalid", broken.slice(0, 60));
  }
  const named = jsonOf(await asking.post(comment, '{"version":1,"note":"x","colour":1}'))["problems"];
  assert.deepEqual(named, [{ in: "body", pointer: "/colour", words: "is not a property here" }]);

  for (const query of [
    "nhsNumber=9912609131",
    "text=WISNIEWSKI",
    "state=gone",
    "size=0",
    "size=101",
    "size=07",
    "page=-1",
    "page=1e2",
    "state=open&state=all",
    "kind=document,document",
    "kind=",
    "sender=9912609131",
    "receivedFrom=2026-11-23",
    "receivedFrom=2026-13-45T00:00:00Z",
    "sort=newest%00",
    "__proto__=1",
    "toString=1",
  ]) {
    assert.equal(await codeOf(asking.get(`/api/tasks?${query}`)), "400 request-invalid", query);
  }
  for (const path of [
    "/api/tasks/1",
    "/api/counts",
    "/api/openapi.json",
    "/api/tasks/1/attachments/0",
    "/api/tasks/1/original",
  ]) {
    const answer = await asking.get(`${path}?x=1`);
    assert.deepEqual([answer.status, jsonOf(answer)["code"]], [400, "request-invalid"], path);
  }
  for (const path of [
    "/api",
    "/api/",
    "/api/tasks/",
    "/api/tasks/01",
    "/api/tasks/1%2F",
    "/api/tasks/+1",
    "/api/tasks/-1",
    "/api/tasks/1.0",
    "/api/tasks/9912609131000000",
    "/api/tasks/1/attachments/00",
    "/api/tasks/1/attachments/-1",
    "/api/tasks/1/attachments/99",
    "/api/tasks/..%2f..%2faccess.sqlite",
    "/api/tasks/%00",
    "/api//tasks",
    "/api/reports/1",
    `/api/reports/${headerIds.accepted}%00`,
    "/api/unmatched/7",
    "/api/openapi.json/x",
  ]) {
    const { status, text } = await asking.get(path);
    assert.equal(status, 404, `${path}: ${text.slice(0, 100)}`);
    assert.doesNotMatch(text, /WIŚNIEWSKI/);
  }
  // Another spelling of the prefix is the same path, and asks for the same.
  assert.equal((await program().get("/%61pi/tasks")).status, 401);
  assert.equal((await program().get("/API/tasks")).status, 404);
  assert.deepEqual(worklist.calls, []);
});

test("without a sign-in a program on this computer needs no token, and no page of another site can use that", async (t) => {
  const events: Event[] = [];
  const worklist = sampleWorklist();
  const { url } = await openPages(t, { worklist, organisation, emit: (event) => events.push(event) });
  const program = programAt(url);
  const { host, port } = new URL(url);
  const tasks = await program.get("/api/tasks?state=all");
  assert.equal(tasks.status, 200);
  assert.equal(jsonOf(tasks)["total"], worklist.all.length);
  // What is given must be right.
  assert.equal((await programAt(url, "restante_aaaaaaaaaaaa_x").get("/api/tasks")).status, 401);
  // Opened by a person.
  for (const headers of [{ "sec-fetch-site": "none" }, { "user-agent": "curl/8" }]) {
    assert.equal((await program.get("/api/tasks", headers)).status, 200);
  }
  assert.equal((await program.get("/api/openapi.json", { "sec-fetch-site": "same-origin" })).status, 200);

  for (const headers of [
    { origin: "https://elsewhere.example" },
    { origin: "null" },
    { origin: url },
    { origin: `http://localhost:${port}`, "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "cross-site", "sec-fetch-dest": "document", "sec-fetch-mode": "navigate" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "same-origin" },
    { host: `rebound.example:${port}` },
    { host: "127.0.0.1" },
  ] as Record<string, string>[]) {
    const what = JSON.stringify(headers);
    for (const answer of [
      await program.get("/api/tasks", headers),
      await program.get("/api/tasks/1/attachments/0", headers),
      await program.post("/api/tasks/1/comment", { version: 1, note: "x" }, headers),
      // What a form of another site can send.
      await program.post("/api/tasks/1/comment", '{"version":1,"note":"x"}', {
        "content-type": "text/plain",
        ...headers,
      }),
    ]) {
      assert.ok([403, 421].includes(answer.status), `${what}: ${answer.status}`);
      assert.doesNotMatch(answer.text, /WIŚNIEWSKI/);
      assert.equal(answer.headers["access-control-allow-origin"], undefined);
    }
  }
  // A form without any of them, as of a browser that says nothing, is none that the API takes.
  const form = await ask(`${url}/api/tasks/1/comment`, {
    method: "POST",
    headers: { host, "content-type": "application/x-www-form-urlencoded", "content-length": "9" },
    body: "version=1",
  });
  assert.equal(form.status, 415);
  assert.deepEqual(worklist.calls, []);
  const told = events.filter(({ event }) => event === "visit-refused").map((event) => "code" in event && event.code);
  assert.deepEqual(new Set(told), new Set(["token-refused", "asked-by-a-browser", "other-name"]));
  // Nothing that is logged names a patient, or has what was asked for.
  assert.doesNotMatch(JSON.stringify(events), /WI|9912609131|\/api\/tasks\/1|restante_/);
});
