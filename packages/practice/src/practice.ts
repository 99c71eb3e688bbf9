import { join } from "node:path";
import { defaultRoutedWorkflows, isAckWorkflow, type MailboxId, systemClock } from "@restante/mesh";
import type { PracticeContext } from "./context.ts";
import { codeOf, PracticeError, reasonOf } from "./errors.ts";
import { apiHandOver } from "./hand-over/api.ts";
import { directoryHandOver } from "./hand-over/directory.ts";
import { apiSource } from "./inbound/api.ts";
import { directorySource } from "./inbound/directory.ts";
import { matchPatients } from "./inbound/match.ts";
import { takeIn } from "./inbound/take-in.ts";
import type { Practice, PracticeOptions, Transport, Tuning } from "./options.ts";
import { type SendingMailboxes, storeConsultation } from "./outbound/send-consultation.ts";
import { createPolling } from "./polling.ts";
import { createWorklist } from "./queries/create-worklist.ts";
import { review } from "./queries/review.ts";
import { openDatabase } from "./store/database.ts";
import { standingTroubles } from "./troubles.ts";
import type { SystemTrouble } from "./worklist.ts";

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
 *   dataFolder, transports: [{ kind: "directory", mailboxId, folder }], patients });
 * practice.start();
 */
export async function createPractice(options: PracticeOptions): Promise<Practice> {
  const mailboxes = sendingMailboxes(options.transports);
  const clock = options.clock ?? systemClock;
  const context: PracticeContext = {
    database: openDatabase(options.dataFolder),
    keptFolder: join(options.dataFolder, "kept"),
    organisation: options.organisation,
    organisations: options.organisations ?? [],
    role: options.role,
    businessResponse: options.businessResponse,
    patients: options.patients,
    generation: options.generation ?? 1,
    clock,
    emit: options.emit ?? (() => undefined),
    tuning: { ...defaults, ...options.tuning },
    troubles: standingTroubles(clock),
  };
  const pass = passOf(context, options.transports, mailboxes.routed);
  const polling = createPolling({
    pass: async (signal) => context.troubles.watch(async () => pass(signal)),
    intervalMs: options.pollIntervalMs ?? 5 * 60 * 1000,
    // The pass has told what failed.
    onFailure: () => undefined,
  });

  return {
    worklist: createWorklist(context, polling.wake),
    start: polling.start,
    cycle: polling.cycle,
    async sendConsultation(consultation, sendOptions) {
      const stored = await storeConsultation(context, consultation, mailboxes, sendOptions);
      polling.wake();
      return stored;
    },
    async [Symbol.asyncDispose]() {
      await polling.stop();
      if (context.database.isOpen) context.database.close();
    },
  };
}

/** The first directory carries what MESH routes, the first mailbox with the API what is looked up. */
function sendingMailboxes(transports: readonly Transport[]): SendingMailboxes {
  const directory = transports.find(({ kind }) => kind === "directory");
  const api = transports.find(({ kind }) => kind === "api");
  const routed = directory ?? api;
  if (routed === undefined) throw new PracticeError("no-mailbox", "An organisation needs at least one mailbox.");
  return { routed: mailboxOf(routed), ...(api && { byLookup: mailboxOf(api) }) };
}

function mailboxOf(transport: Transport): MailboxId {
  return transport.kind === "directory" ? transport.mailboxId : transport.client.mailboxId;
}

/** Carries something a step further for one mailbox. True: more is waiting. */
type Part = (signal?: AbortSignal) => Promise<boolean>;

function partsOf(context: PracticeContext, transport: Transport): { inbound: Part; outbound: Part } {
  const { maxMessageBytes } = context.tuning;
  const [source, handOver] =
    transport.kind === "directory"
      ? [
          directorySource(transport.mailboxId, transport.folder, maxMessageBytes),
          directoryHandOver(context, transport.mailboxId, transport.folder),
        ]
      : [apiSource(transport.client, maxMessageBytes), apiHandOver(context, transport.client)];
  const inbound = takeIn(context, source);
  return { inbound: async (signal) => inbound.run(signal), outbound: async (signal) => handOver.run(signal) };
}

/**
 * One pass: takes in, matches, hands over, and looks what a person must be told. A part that fails does not keep the others from their turn; each failure is
 * an event of its own, and the first is thrown at the end. Matching belongs to no mailbox: `matching` names its failures.
 */
function passOf(context: PracticeContext, transports: readonly Transport[], matching: MailboxId): Part {
  const mailboxes = transports.map((transport) => ({
    mailboxId: mailboxOf(transport),
    ...partsOf(context, transport),
  }));
  const parts: { mailboxId: MailboxId; part: SystemTrouble["part"]; run: Part }[] = [
    ...mailboxes.map(({ mailboxId, inbound }) => ({ mailboxId, part: "collecting" as const, run: inbound })),
    { mailboxId: matching, part: "matching", run: async (signal) => matchPatients(context, signal) },
    ...mailboxes.map(({ mailboxId, outbound }) => ({ mailboxId, part: "handing-over" as const, run: outbound })),
    // Last, so that what this pass has brought is told with it.
    { mailboxId: matching, part: "storing", run: async () => review(context) },
  ];
  return async (signal) => {
    const failures: unknown[] = [];
    let more = false;
    for (const { mailboxId, part, run } of parts) {
      const whose = part === "collecting" || part === "handing-over" ? mailboxId : undefined;
      try {
        more = (await run(signal)) || more;
        context.troubles.worked(part, whose);
      } catch (error) {
        signal?.throwIfAborted();
        failures.push(error);
        context.troubles.failed(part, whose, { code: codeOf(error), reason: reasonOf(error) });
        context.emit({ event: "poll-failed", mailboxId, code: codeOf(error), reason: reasonOf(error) });
      }
    }
    if (failures.length > 0) throw failures[0];
    return more;
  };
}
