import assert from "node:assert/strict";
import { test } from "node:test";
import { clientStatuses, reportStatuses, serverCodes, statusEventOf, statusWords } from "@restante/mesh";

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
