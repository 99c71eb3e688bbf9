import assert from "node:assert/strict";
import { test } from "node:test";
import { clientStatuses, reportMaker, reportStatuses, serverCodes, statusEventOf, statusWords } from "@restante/mesh";

test("no two statuses of the client share event, code and success, except a pair sent and a pair received", () => {
  const seen = Object.entries(clientStatuses).map(([name, { event, code, success }]) => ({
    name,
    key: `${event} ${code} ${success}`,
  }));
  const repeated = seen.filter(({ key }) => seen.filter((other) => other.key === key).length > 1);
  assert.deepEqual(
    repeated.map(({ name }) => name),
    ["sent", "received"],
  );
});

test("every report of the server is an error at SEND under its own code", () => {
  for (const [code, status] of Object.entries(reportStatuses)) {
    assert.deepEqual({ ...status, description: "" }, { event: "SEND", success: false, code, description: "" });
  }
});

test("the server has a text for each code of the MESH API's table", () => {
  assert.deepEqual(Object.keys(serverCodes).sort(), ["02", "06", "07", "08", "11", "12", "14", "15", "16", "17"]);
});

test("a report is the client's own where it names no message, but for those that MESH makes", () => {
  assert.equal(reportMaker({ event: "TRANSFER", code: "06" }), "mesh-client");
  assert.equal(reportMaker({ event: "RECEIVE", code: "17" }), "mesh-client");
  assert.equal(reportMaker({ event: "SEND", code: "12" }), "mesh-client");
  assert.equal(reportMaker({ event: "COLLECT", code: "02" }), "mesh-client");
  assert.equal(reportMaker({ event: "SEND", code: "EPL-153" }), "mesh");
  assert.equal(reportMaker({ event: "SEND", code: "02" }), "mesh", "a body that was given up");
  assert.equal(reportMaker({ linkedMessageId: "20260302110000000000_ABCDEF", event: "SEND", code: "12" }), "mesh");
  assert.equal(reportMaker({ code: "06" }), "mesh");
});

test("a failed step's code has its words, which depend on the step; a success, or what is in no table, has none", () => {
  assert.equal(statusWords("TRANSFER", "06"), "Transfer failure");
  assert.equal(statusWords("SEND", "06"), "Malformed headers");
  assert.equal(statusWords("SEND", "EPL-151"), "No mailbox matched");
  assert.equal(statusWords("RECEIVE", "17"), "Client authentication failure");
  for (const [event, code] of [
    ["TRANSFER", "00"],
    ["TRANSFER", "EPL-151"],
    ["SEND", "constructor"],
    ["COLLECT", ""],
  ] as const) {
    assert.equal(statusWords(event, code), undefined, `${event} ${code}`);
  }
  assert.equal(statusEventOf("Transfer"), "TRANSFER");
  assert.equal(statusEventOf("something else"), undefined);
});
