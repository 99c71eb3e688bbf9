import { defaultRoutedWorkflows, isAckWorkflow } from "@restante/mesh";
import type { BusinessResponse, PracticeOptions, Tuning } from "./options.ts";
import type { UnreadOptions } from "./unread.ts";

const day = 24 * 60 * 60 * 1000;

interface PracticeDefaults extends Required<
  Pick<PracticeOptions, "generation" | "strictness" | "doesNotTake" | "undoSeconds" | "pollIntervalMs">
> {
  readonly businessResponse: Required<Omit<Extract<BusinessResponse, { kind: "onMatch" }>, "kind">>;
  readonly unread: UnreadOptions;
  readonly tuning: Tuning;
}

/** What is taken where an option is absent, in one place, so that whoever shows settings shows what is used. */
export const practiceDefaults: PracticeDefaults = {
  generation: 1,
  strictness: "deliver",
  undoSeconds: 30,
  doesNotTake: [],
  pollIntervalMs: 5 * 60 * 1000,
  businessResponse: { doubtful: "answer", tellAfterHours: 24 },
  unread: { afterHours: 4, hours: { from: "08:00", to: "18:30", days: [1, 2, 3, 4, 5] } },
  tuning: {
    batchSize: 50,
    importAttempts: 5,
    maxMessageBytes: 100 * 1024 * 1024,
    infrastructureOverdueMs: day,
    businessOverdueMs: 5 * day,
    retryAfterMs: 5000,
    itk3Workflows: defaultRoutedWorkflows.filter((workflowId) => !isAckWorkflow(workflowId)),
  },
};
