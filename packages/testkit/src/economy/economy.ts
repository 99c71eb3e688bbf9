import { workflowRules } from "@restante/demographics";

import type { StartOptions } from "../options.ts";
import { patientEntries, testDirectory } from "../patients.ts";

/**
 * The test economy, for startServer: a federation that sends, a practice and a pharmacy that receive, and a patient for each
 * way of routing. See `testMailboxes` and `testPatients`.
 *
 * @example
 * await using server = await startServer({ ...economy() });
 */
export function economy(): Required<Pick<StartOptions, "mailboxes" | "workflows" | "enforceWorkflows" | "patients">> {
  const { organisations } = testDirectory();
  return {
    mailboxes: organisations.flatMap(({ odsCode, name, mailboxes }) =>
      mailboxes.map(({ mailboxId }) => ({ mailboxId, odsCode, name })),
    ),
    workflows: workflowRules(organisations),
    enforceWorkflows: true,
    patients: patientEntries(),
  };
}
