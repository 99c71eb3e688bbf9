import { join } from "node:path";
import { defaultRoutedWorkflows, isAckWorkflow, systemClock } from "@restante/mesh";
import type { PracticeContext } from "./context.ts";
import { codeOf, reasonOf } from "./errors.ts";
import { apiHandOver } from "./hand-over/api.ts";
import { directoryHandOver } from "./hand-over/directory.ts";
import type { HandOver } from "./hand-over/hand-over.ts";
import { apiSource } from "./inbound/api.ts";
import { directorySource } from "./inbound/directory.ts";
import { matchPatients } from "./inbound/match.ts";
import type { Source } from "./inbound/source.ts";
import { type TakeIn, takeIn } from "./inbound/take-in.ts";
import type { Practice, PracticeOptions, Tuning } from "./options.ts";
import { storeConsultation } from "./outbound/send-consultation.ts";
import { createPolling } from "./polling.ts";
import { createWorklist } from "./queries/create-worklist.ts";
import { openDatabase } from "./store/database.ts";

const day = 24 * 60 * 60 * 1000;

const defaults: Tuning = {
  batchSize: 50,
  importAttempts: 5,
  maxMessageBytes: 100 * 1024 * 1024,
  infrastructureOverdueMs: day,
  businessOverdueMs: 5 * day,
  retryAfterMs: 5000,
  itk3Workflows: defaultRoutedWorkflows.filter((workflowId) => !isAckWorkflow(workflowId)),
};

/**
 * Opens a practice system on its data folder. Nothing moves until `start` or `cycle`.
 *
 * @example
 * await using practice = await createPractice({ organisation, role: "practice", businessResponse: { kind: "onMatch" },
 *   dataFolder, transport: { kind: "directory", folder }, patients });
 * practice.start();
 */
export async function createPractice(options: PracticeOptions): Promise<Practice> {
  const context: PracticeContext = {
    database: openDatabase(options.dataFolder),
    keptFolder: join(options.dataFolder, "kept"),
    organisation: options.organisation,
    role: options.role,
    businessResponse: options.businessResponse,
    patients: options.patients,
    generation: options.generation ?? 1,
    clock: options.clock ?? systemClock,
    emit: options.emit ?? (() => undefined),
    tuning: { ...defaults, ...options.tuning },
  };
  const { source, handOver } = openTransport(context, options);
  const polling = createPolling({
    pass: passOf(context, takeIn(context, source), handOver),
    intervalMs: options.pollIntervalMs ?? 5 * 60 * 1000,
    onFailure(error) {
      const { mailboxId } = context.organisation;
      context.emit({ event: "poll-failed", mailboxId, code: codeOf(error), reason: reasonOf(error) });
    },
  });

  return {
    worklist: createWorklist(context, polling.wake),
    start: polling.start,
    cycle: polling.cycle,
    async sendConsultation(consultation, sendOptions) {
      const stored = await storeConsultation(context, consultation, options.transport.kind === "api", sendOptions);
      polling.wake();
      return stored;
    },
    async [Symbol.asyncDispose]() {
      await polling.stop();
      if (context.database.isOpen) context.database.close();
    },
  };
}

function openTransport(
  context: PracticeContext,
  { transport }: PracticeOptions,
): { source: Source; handOver: HandOver } {
  const { maxMessageBytes } = context.tuning;
  return transport.kind === "directory"
    ? {
        source: directorySource(transport.folder, maxMessageBytes),
        handOver: directoryHandOver(context, transport.folder),
      }
    : { source: apiSource(transport.client, maxMessageBytes), handOver: apiHandOver(context, transport.client) };
}

/** What one pass does, in this order. A part that fails does not keep the others from their turn. */
function passOf(
  context: PracticeContext,
  inbound: TakeIn,
  handOver: HandOver,
): (signal?: AbortSignal) => Promise<boolean> {
  const parts = [
    async (signal?: AbortSignal) => inbound.run(signal),
    async (signal?: AbortSignal) => matchPatients(context, signal),
    async (signal?: AbortSignal) => handOver.run(signal),
  ];
  return async (signal) => {
    const failures: unknown[] = [];
    let more = false;
    for (const part of parts) {
      try {
        more = (await part(signal)) || more;
      } catch (error) {
        signal?.throwIfAborted();
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures.length === 1 ? failures[0] : new AggregateError(failures);
    return more;
  };
}
