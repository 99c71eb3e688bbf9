/** The workflows that may be addressed to a patient's practice (`GPPROVIDER_...`), unless configured otherwise. */
export const defaultRoutedWorkflows: readonly string[] = [
  "TOC_FHIR_IP_DISCH",
  "TOC_FHIR_MH_DISCH",
  "TOC_FHIR_EC_DISCH",
  "TOC_FHIR_OP_ATTEN",
  "TOC_OUTP_ATT_DMS",
  ...["GPFED_CONSULT_REPORT", "GPCONNECT_UPDATE_RECORD", "GPCONNECT_SEND_DOCUMENT", "DF_ONLINE_CONSULTATION"].flatMap(
    (workflowId) => [workflowId, ackWorkflow(workflowId)],
  ),
];

/** The workflow that carries the answers to messages of this one. */
export function ackWorkflow(workflowId: string): string {
  return `${workflowId}_ACK`;
}

/** Whether messages of this workflow are answers, which are themselves never answered. */
export function isAckWorkflow(workflowId: string): boolean {
  return workflowId.endsWith("_ACK");
}
