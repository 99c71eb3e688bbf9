import assert from "node:assert/strict";
import { test } from "node:test";

import { startTestServer, testMailboxes, testRequest, type TestServer } from "@restante/testbed";

const v2 = "application/vnd.mesh.v2+json";

/** The lookups take no Authorization. */
async function get(server: TestServer, path: string, accept?: string): ReturnType<typeof testRequest> {
  return testRequest(server, testMailboxes.sender, { path, headers: { accept, authorization: undefined } });
}

test("the endpoint lookup names the mailboxes of an organisation that take a workflow", async (t) => {
  const server = await startTestServer(t);

  const path = "/messageexchange/endpointlookup/fy901/DF_ONLINE_CONSULTATION";
  const first = (await get(server, path)).json;
  const second = (await get(server, path, v2)).json;
  const older = (await get(server, "/endpointlookup/mesh/FY901/DF_ONLINE_CONSULTATION", v2)).json;

  const results = [{ endpoint_type: "MESH", description: "Mill Lane Pharmacy", address: testMailboxes.pharmacy }];
  assert.partialDeepStrictEqual(first, { results });
  assert.match((first as { query_id: string }).query_id, /^\d{20}_[0-9A-F]{6}_\d{10}$/);
  assert.deepEqual(second, {
    results: [{ mailbox_id: testMailboxes.pharmacy, mailbox_name: "Mill Lane Pharmacy" }],
  });
  assert.partialDeepStrictEqual(older, { results });
});

test("no match is an empty list, a blank part 400", async (t) => {
  const server = await startTestServer(t);

  assert.deepEqual((await get(server, "/messageexchange/endpointlookup/X99/TEST", v2)).json, { results: [] });
  assert.equal((await get(server, "/messageexchange/endpointlookup/%20/TEST")).status, 400);
  assert.equal((await get(server, "/messageexchange/endpointlookup//TEST")).status, 400);
  assert.equal((await get(server, "/messageexchange/workflowsearch/%20")).status, 400);
});

test("the workflow search names every mailbox that takes a workflow, in the content type of the version", async (t) => {
  const server = await startTestServer(t);

  for (const [accept, type] of [
    [undefined, "application/json"],
    [v2, v2],
  ]) {
    const { json, headers } = await get(server, "/messageexchange/workflowsearch/GPFED_CONSULT_REPORT", accept);

    assert.equal(headers["content-type"], type);
    assert.deepEqual(json, {
      results: [{ mailbox_id: testMailboxes.practice, mailbox_name: "Harbour Light Surgery" }],
    });
  }
});

test("an event of a lookup repeats nothing that is not known here", async (t) => {
  const server = await startTestServer(t);

  await get(server, "/messageexchange/endpointlookup/FY901/DF_ONLINE_CONSULTATION");
  await get(server, "/messageexchange/endpointlookup/Jane%20Doe/Jane%20Doe");
  await get(server, "/messageexchange/endpointlookup/9912830164/DF_ONLINE_CONSULTATION");

  assert.deepEqual(server.events.of("address-looked-up"), [
    { event: "address-looked-up", odsCode: "FY901", workflowId: "DF_ONLINE_CONSULTATION", results: 1 },
    { event: "address-looked-up", odsCode: "?", workflowId: "?", results: 0 },
    { event: "address-looked-up", odsCode: "?", workflowId: "DF_ONLINE_CONSULTATION", results: 0 },
  ]);
});
