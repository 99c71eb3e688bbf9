import assert from "node:assert/strict";
import { test } from "node:test";
import { type Organisation, workflowRules } from "@restante/demographics";
import { parseMailboxId, parseOdsCode } from "@restante/mesh";

function organisation(odsCode: string, sends: string[], receives: string[]): Organisation {
  return {
    odsCode: parseOdsCode(odsCode),
    name: odsCode,
    role: "practice",
    address: { lines: ["1 Street"], postcode: "ZZ99 3VZ" },
    phone: "01632 960001",
    mailboxes: [{ mailboxId: parseMailboxId(`${odsCode}OT001`), transport: "api", sends, receives }],
  };
}

test("whoever receives a workflow may send its answers to whoever sends it", () => {
  assert.deepEqual(workflowRules([organisation("Y99001", ["W"], []), organisation("Y99002", [], ["W", "X"])]), [
    { workflowId: "W", senders: ["Y99001OT001"], receivers: ["Y99002OT001"] },
    { workflowId: "W_ACK", senders: ["Y99002OT001"], receivers: ["Y99001OT001"] },
    { workflowId: "X", senders: [], receivers: ["Y99002OT001"] },
    { workflowId: "X_ACK", senders: ["Y99002OT001"], receivers: [] },
  ]);
});

test("answers that are listed like any workflow add to the rule for answers, and make no second one", () => {
  const rules = workflowRules([
    organisation("Y99001", ["W"], ["W_ACK"]),
    organisation("Y99002", ["W_ACK"], ["W"]),
    organisation("Y99003", ["Z_ACK"], ["W_ACK"]),
  ]);
  assert.deepEqual(rules, [
    { workflowId: "W", senders: ["Y99001OT001"], receivers: ["Y99002OT001"] },
    { workflowId: "W_ACK", senders: ["Y99002OT001"], receivers: ["Y99001OT001", "Y99003OT001"] },
    { workflowId: "Z_ACK", senders: ["Y99003OT001"], receivers: [] },
  ]);
});
