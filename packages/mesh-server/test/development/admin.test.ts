import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { type TestContext, test } from "node:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { embeddedDemographics } from "@restante/demographics";
import {
  type AdminAccess,
  createDevelopmentServer,
  type DevelopmentServer,
  knownMailboxes,
  knownSharedKey,
  knownWorkflows,
} from "@restante/mesh-server/development";
import { startTestServer, temporaryFolder, testMailboxes, testRequest } from "@restante/testbed";

import { mailboxToken } from "../control/development.ts";

const demographics = embeddedDemographics({ patients: [], organisations: [] });
const first = "X26ABC1";
const second = "X26ABC2";
const roots = ["/admin", "/messageexchange/admin"];

interface Started extends DevelopmentServer {
  readonly url: string;
  readonly dataFolder: string;
}

async function start(t: TestContext, admin: AdminAccess = {}, host: string = "127.0.0.1"): Promise<Started> {
  const dataFolder = await temporaryFolder(t);
  const server = await createDevelopmentServer(
    {
      dataFolder,
      sharedKey: knownSharedKey,
      mailboxes: knownMailboxes,
      workflows: knownWorkflows(knownMailboxes),
      reserveBytes: 65_536,
      plain: { host, port: 0 },
      admin,
    },
    { demographics },
  );
  t.after(() => server.close());
  return { ...server, url: server.plainUrl!.replace("0.0.0.0", "127.0.0.1"), dataFolder };
}

/** What an answer may say, of whatever path. */
interface Said {
  messages: string[];
  detail: { loc: string[] }[];
  paths: Record<string, object>;
  active: boolean;
  status: string;
  outcome: string;
  subject: string;
  filename: string;
  recipient: string;
  sender: string;
  errorDescription: string;
  message_id: string;
  message_type: string;
  mailbox_name: string;
  linked_msg_id: string;
  expiry_time: string;
  upload_timestamp: string;
  status_code: string;
  status_event: string;
  status_success: string;
  status_description: string;
  statusCode: string;
  statusEvent: string;
  statusSuccess: string;
  statusDescription: string;
}

interface Answer {
  status: number;
  json: Said;
  headers: Headers;
}

async function call(url: string, method: string = "GET", body?: object, headers: object = {}): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: { ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, json: (text === "" ? undefined : JSON.parse(text)) as Said, headers: answer.headers };
}

/** As a mailbox. */
function as(mailboxId: string): { authorization: string } {
  return { authorization: mailboxToken(mailboxId) };
}

async function send({ url }: Started, from: string, to: string): Promise<string> {
  const answer = await fetch(`${url}/messageexchange/${from}/outbox`, {
    method: "POST",
    headers: { ...as(from), "mex-to": to, "mex-workflowid": "TEST_WORKFLOW", "mex-filename": "helloworld.dat" },
    body: "Hello World123!",
  });
  assert.equal(answer.status, 202);
  return ((await answer.json()) as { messageID: string }).messageID;
}

async function inbox({ url }: Started, mailbox: string): Promise<string[]> {
  return (await call(`${url}/messageexchange/${mailbox}/inbox`, "GET", undefined, as(mailbox))).json.messages;
}

function tracked({ url }: Started, mailbox: string, messageId: string): Promise<Answer> {
  return call(
    `${url}/messageexchange/${mailbox}/outbox/tracking?messageID=${messageId}`,
    "GET",
    undefined,
    as(mailbox),
  );
}

function reportRequest(more: object = {}): Record<string, string> {
  return {
    mailbox_id: first,
    status: "error",
    workflow_id: randomUUID(),
    code: "21",
    description: "my error",
    subject: `my subject ${randomUUID()}`,
    local_id: `my local id ${randomUUID()}`,
    file_name: `my filename ${randomUUID()}`,
    linked_message_id: randomUUID().replaceAll("-", "").toUpperCase(),
    ...more,
  };
}

for (const root of roots) {
  test(`DELETE ${root}/reset empties every mailbox, and what was sent is not tracked any more`, async (t) => {
    const server = await start(t);
    const sent = await send(server, first, second);
    await send(server, second, first);
    const { status, json } = await call(`${server.url}${root}/reset?clear_disk=true`, "DELETE");
    assert.equal(status, 200);
    assert.deepEqual(json, { message: "all mailboxes reset" });
    assert.deepEqual(await inbox(server, first), []);
    assert.deepEqual(await inbox(server, second), []);
    assert.equal((await tracked(server, first, sent)).status, 404);
  });

  test(`DELETE ${root}/reset of a mailbox empties that one alone`, async (t) => {
    const server = await start(t);
    await send(server, first, second);
    const kept = await send(server, second, first);
    const { status, json } = await call(`${server.url}${root}/reset/x26abc2?clear_disk=tRue`, "DELETE");
    assert.equal(status, 200);
    assert.deepEqual(json, { message: "mailbox X26ABC2 reset" });
    assert.deepEqual(await inbox(server, first), [kept]);
    assert.deepEqual(await inbox(server, second), []);
    const unknown = await call(`${server.url}${root}/reset/NOBODY`, "DELETE");
    assert.equal(unknown.status, 404);
    assert.equal(unknown.json.errorDescription, "mailbox does not exist");
  });

  test(`GET ${root}/mailbox tells of a mailbox, and of none is 404`, async (t) => {
    const server = await start(t);
    const { status, json } = await call(`${server.url}${root}/mailbox/${first}`);
    assert.equal(status, 200);
    assert.deepEqual(json, {
      mailbox_id: "X26ABC1",
      mailbox_name: "TESTMB1",
      billing_entity: "England",
      ods_code: "X26",
      org_code: "X26",
      org_name: "",
      active: true,
    });
    assert.equal((await call(`${server.url}${root}/mailbox/NotAMailboxId`)).status, 404);
    await server.operator.closeMailbox(first, "for a test");
    assert.equal((await call(`${server.url}${root}/mailbox/${first}`)).json.active, false);
  });

  test(`GET ${root}/message tells of a message and of a report, and of none is 404`, async (t) => {
    const server = await start(t);
    const sent = await send(server, first, second);
    const { json } = await call(`${server.url}${root}/message/${sent.toLowerCase()}`);
    const { expiry_time: expiry, upload_timestamp: upload, ...others } = json;
    assert.equal(new Date(expiry).getTime() - new Date(upload).getTime(), 5 * 24 * 60 * 60 * 1000);
    assert.deepEqual(others, {
      checksum: "",
      chunk_count: 1,
      content_encoding: "",
      filename: "helloworld.dat",
      file_size: 15,
      is_compressed: false,
      is_encrypted: false,
      local_id: "",
      message_id: sent,
      message_type: "Data",
      recipient: "X26ABC2",
      recipient_name: "TESTMB2",
      recipient_ods_code: "X26",
      recipient_org_code: "X26",
      recipient_org_name: "",
      sender: "X26ABC1",
      sender_name: "TESTMB1",
      sender_ods_code: "X26",
      sender_org_code: "X26",
      sender_org_name: "",
      status: "Accepted",
      status_success: "SUCCESS",
      subject: "",
      workflow_id: "TEST_WORKFLOW",
    });

    const asked = reportRequest();
    const report = await call(`${server.url}/messageexchange/admin/report`, "POST", asked);
    const told = (await call(`${server.url}${root}/message/${report.json.message_id}`)).json;
    assert.equal(told.message_type, "Report");
    assert.equal(told.linked_msg_id, asked["linked_message_id"]);
    assert.equal(told.recipient, first);
    assert.equal(told.sender, "");
    assert.equal(told.status_code, "21");
    assert.equal(told.status_success, "ERROR");
    assert.equal((await call(`${server.url}${root}/message/notfound`)).status, 404);
  });

  test(`POST ${root}/message/{id}/event puts a message into a state, and tracking shows it`, async (t) => {
    const server = await start(t);
    const sent = await send(server, first, second);
    const put = (event: object): Promise<Answer> =>
      call(`${server.url}${root}/message/${sent}/event`, "POST", { code: null, event: null, ...event });

    const answer = await put({ status: "acknowledged" });
    assert.equal(answer.status, 200);
    assert.equal(answer.json, undefined);
    assert.deepEqual(await inbox(server, second), []);
    assert.equal((await tracked(server, first, sent)).json.status, "Acknowledged");

    assert.equal((await put({ status: "accepted" })).status, 200);
    assert.deepEqual(await inbox(server, second), [sent]);

    assert.equal((await put({ status: "error", code: "21", event: "SEND", description: "my error" })).status, 200);
    const failed = (await tracked(server, first, sent)).json;
    assert.deepEqual(
      [failed.status, failed.statusCode, failed.statusEvent, failed.statusDescription, failed.statusSuccess],
      ["Error", "21", "SEND", "my error", "ERROR"],
    );
    assert.deepEqual(await inbox(server, second), []);
    assert.deepEqual(await inbox(server, first), [], "no report is made");

    assert.equal((await put({ status: "undeliverable" })).status, 200);
    const undelivered = (await tracked(server, first, sent)).json;
    assert.deepEqual([undelivered.status, undelivered.statusCode], ["Undeliverable", "14"]);

    assert.equal((await put({ status: "accepted" })).status, 200);
    assert.deepEqual(await inbox(server, second), [sent]);
    assert.equal((await tracked(server, first, sent)).json.statusSuccess, "SUCCESS");
    const download = await fetch(`${server.url}/messageexchange/${second}/inbox/${sent}`, { headers: as(second) });
    assert.equal(await download.text(), "Hello World123!");

    assert.equal((await put({ status: "uploading" })).status, 409);
    assert.equal((await put({ status: "lost" })).status, 400);
    assert.equal(
      (await call(`${server.url}${root}/message/notfound/event`, "POST", { status: "accepted" })).status,
      404,
    );
  });

  test(`POST ${root}/report puts a report of any code, and one of an undelivered message in its own words`, async (t) => {
    const server = await start(t);
    const asked = reportRequest();
    const { status, json } = await call(`${server.url}${root}/report`, "POST", asked);
    assert.equal(status, 200);
    assert.match(json.message_id, /^[0-9A-Z_]{24,}$/);
    assert.deepEqual(await inbox(server, first), [json.message_id]);
    const download = await fetch(`${server.url}/messageexchange/${first}/inbox/${json.message_id}`, {
      headers: as(first),
    });
    const { headers } = download;
    assert.equal(download.status, 200);
    assert.equal(await download.text(), "");
    for (const [name, value] of Object.entries({
      "mex-to": first,
      "mex-workflowid": asked["workflow_id"],
      "mex-messagetype": "REPORT",
      "mex-statuscode": "21",
      "mex-statusevent": "TRANSFER",
      "mex-statusdescription": "my error",
      "mex-filename": asked["file_name"],
      "mex-linkedmsgid": asked["linked_message_id"],
      "mex-localid": asked["local_id"],
      "mex-subject": asked["subject"],
      "mex-statussuccess": "ERROR",
      "content-length": "0",
    })) {
      assert.equal(headers.get(name), value, name);
    }
    const acknowledged = await call(
      `${server.url}/messageexchange/${first}/inbox/${json.message_id}/status/acknowledged`,
      "PUT",
      undefined,
      as(first),
    );
    assert.equal(acknowledged.status, 200);
    await call(`${server.url}${root}/message/${json.message_id}/event`, "POST", { status: "accepted" });
    assert.deepEqual(await inbox(server, first), [json.message_id], "a report can be put back, too");

    const { status: _, ...undeliverable } = reportRequest();
    const ndr = (await call(`${server.url}${root}/report`, "POST", undeliverable)).json.message_id;
    const told = (await call(`${server.url}/messageexchange/admin/message/${ndr}`)).json;
    assert.equal(told.status, "Accepted");
    assert.equal(told.status_code, "14");
    assert.equal(told.status_event, "SEND");
    assert.equal(told.status_description, "Message not collected by recipient after 5 days");
    assert.equal(told.subject, `NDR: ${undeliverable["subject"]}`);
    assert.equal(told.filename, `${ndr}.dat`);

    const nobody = await call(`${server.url}${root}/report`, "POST", reportRequest({ mailbox_id: "NOBODY" }));
    assert.equal(nobody.status, 404);
    assert.equal(nobody.json.errorDescription, "mailbox does not exist");
    const wrong = await call(`${server.url}${root}/report`, "POST", { mailbox_id: first, status: "lost" });
    assert.equal(wrong.status, 400);
    const fields = wrong.json.detail.map(({ loc }) => loc.join("."));
    assert.deepEqual(fields.toSorted(), ["body.code", "body.description", "body.status", "body.workflow_id"]);
    assert.equal((await call(`${server.url}${root}/report`, "POST")).status, 400);
  });
}

test("a server for development answers at every path of the stand-in's health, and tells of a mailbox by its third", async (t) => {
  const { url } = await start(t);
  for (const path of [
    "/health",
    "/_ping",
    "/_status",
    "/healthcheck",
    "/messageexchange/_ping",
    "/messageexchange/deepping",
  ]) {
    const { status, json } = await call(`${url}${path}`);
    assert.equal(status, 200, path);
    assert.deepEqual([json.status, json.outcome], ["running", "Yes"], path);
  }
  assert.equal((await call(`${url}/messageexchange/mailbox/${first}`)).json.mailbox_name, "TESTMB1");
  assert.equal((await call(`${url}/messageexchange/mailbox/NOBODY`)).status, 404);
  assert.equal((await call(`${url}/messageexchange/message/notfound`)).status, 404);
});

/** Every path that is of development alone, with every method that one of them has. */
const adminPaths = [
  ...roots.flatMap((at) =>
    ["/reset", "/reset/X26ABC1", "/report", "/message/1/event", "/mailbox/X26ABC1", "/message/1"].map(
      (path) => at + path,
    ),
  ),
  "/messageexchange/mailbox/X26ABC1",
  "/_status",
  "/_ping",
  "/healthcheck",
];

test("outside development every admin path is 404, by every method, and none is described", async (t) => {
  const server = await startTestServer(t);
  for (const path of adminPaths) {
    for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]) {
      const { status } = await testRequest(server, testMailboxes.sender, { method, path });
      assert.equal(status, 404, `${method} ${path}`);
    }
  }
  const described = await testRequest(server, testMailboxes.sender, { path: "/openapi.json" });
  const paths = Object.keys((described.json as { paths: object }).paths);
  assert.deepEqual(
    paths.filter((path) => /admin|\/mailbox\/|_status|healthcheck|deepping/.test(path)),
    [],
  );
});

test("a server for development that was not told of admin has none of its paths", async (t) => {
  const server = await createDevelopmentServer(
    {
      dataFolder: await temporaryFolder(t),
      sharedKey: knownSharedKey,
      mailboxes: knownMailboxes,
      workflows: [],
      reserveBytes: 65_536,
      plain: { host: "127.0.0.1", port: 0 },
    },
    { demographics },
  );
  t.after(() => server.close());
  for (const path of adminPaths) assert.equal((await call(server.plainUrl! + path, "DELETE")).status, 404, path);
});

test("each admin path is described where it is served", async (t) => {
  const { url } = await start(t);
  const { paths } = (await call(`${url}/openapi.json`)).json;
  for (const at of roots) {
    assert.deepEqual(Object.keys(paths[`${at}/reset`] ?? {}), ["delete"]);
    assert.deepEqual(Object.keys(paths[`${at}/reset/{mailbox_id}`] ?? {}), ["delete"]);
    assert.deepEqual(Object.keys(paths[`${at}/report`] ?? {}), ["post"]);
    assert.deepEqual(Object.keys(paths[`${at}/message/{message_id}/event`] ?? {}), ["post"]);
    assert.deepEqual(Object.keys(paths[`${at}/mailbox/{mailbox_id}`] ?? {}), ["get"]);
    assert.deepEqual(Object.keys(paths[`${at}/message/{message_id}`] ?? {}), ["get"]);
  }
});

/** Any Host, which fetch does not let be said. */
function callAs(url: string, host: string, path: string, headers: Record<string, string> = {}): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, method: "GET", headers: { host, ...headers } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .once("error", reject)
      .end();
  });
}

test("admin refuses a Host that is neither loopback nor allowed, and any Origin; the MESH paths take any Host", async (t) => {
  const { url } = await start(t, { allowHosts: ["mesh"] });
  const path = "/messageexchange/admin/mailbox/X26ABC1";
  for (const host of ["localhost:8700", "127.0.0.1", "mesh:80"]) assert.equal(await callAs(url, host, path), 200, host);
  for (const host of ["attacker.example", "mesh.example", "192.0.2.1"]) {
    assert.equal(await callAs(url, host, path), 403, host);
    assert.equal(await callAs(url, host, "/messageexchange/X26ABC1/inbox", as(first)), 200, host);
    assert.equal(await callAs(url, host, "/health"), 200, host);
  }
  for (const origin of ["http://localhost:8700", "null", "http://attacker.example"]) {
    assert.equal(await callAs(url, "localhost", path, { origin }), 403, origin);
  }
});

test("beyond loopback admin asks for the token, unless it is open", async (t) => {
  const server = await start(t, {}, "0.0.0.0");
  const path = "/messageexchange/admin/mailbox/X26ABC1";
  const token = (await readFile(join(server.dataFolder, "control-token"), "utf8")).trim();
  const refused = await call(server.url + path);
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get("www-authenticate"), "Bearer");
  assert.equal((await call(server.url + path, "GET", undefined, { authorization: `Bearer ${token}x` })).status, 401);
  assert.equal((await call(server.url + path, "GET", undefined, { authorization: `Bearer ${token}` })).status, 200);
  assert.equal((await call(`${server.url}/messageexchange/admin/reset`, "DELETE")).status, 401);
  assert.equal((await call(`${server.url}/health`)).status, 200);

  const open = await start(t, { open: true }, "0.0.0.0");
  assert.equal((await call(open.url + path)).status, 200);
});
