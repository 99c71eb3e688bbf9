import assert from "node:assert/strict";
import { test } from "node:test";
import { clientStatuses, reportStatuses, serverCodes } from "@restante/mesh";

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
