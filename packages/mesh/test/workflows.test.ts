import assert from "node:assert/strict";
import { test } from "node:test";
import { ackWorkflow, defaultRoutedWorkflows, isAckWorkflow } from "@restante/mesh";

test("the answers to a workflow travel on the workflow with _ACK, which is not answered again", () => {
  assert.equal(ackWorkflow("GPFED_CONSULT_REPORT"), "GPFED_CONSULT_REPORT_ACK");
  assert.equal(isAckWorkflow("GPFED_CONSULT_REPORT_ACK"), true);
  assert.equal(isAckWorkflow("GPFED_CONSULT_REPORT"), false);
});

test("GP Connect workflows may be routed by patient, and their answers; discharge workflows too", () => {
  for (const workflowId of ["GPFED_CONSULT_REPORT", "DF_ONLINE_CONSULTATION_ACK", "TOC_FHIR_IP_DISCH"]) {
    assert.ok(defaultRoutedWorkflows.includes(workflowId), workflowId);
  }
  assert.equal(defaultRoutedWorkflows.length, 13);
});
