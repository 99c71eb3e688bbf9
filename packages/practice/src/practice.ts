import { join } from "node:path";
import { documentUseCases, strictnesses } from "@restante/itk3";
import { type MailboxId, systemClock } from "@restante/mesh";
import { unusableIds } from "@restante/mesh-client";
import type { PracticeContext } from "./context.ts";
import { practiceDefaults } from "./defaults.ts";
import { PracticeError } from "./errors.ts";
import { createFiling } from "./filing/filing.ts";
import { requireFilingFolder } from "./filing/folder.ts";
import { apiHandOver } from "./hand-over/api.ts";
import { directoryHandOver } from "./hand-over/directory.ts";
import { apiSource } from "./inbound/api.ts";
import { directorySource } from "./inbound/directory.ts";
import { createMatching } from "./inbound/match.ts";
import { createReader } from "./inbound/reader.ts";
import { createRereading } from "./inbound/reread.ts";
import { takeIn } from "./inbound/take-in.ts";
import type { Practice, PracticeOptions, Transport } from "./options.ts";
import { createReportWriter } from "./outbound/report-writer.ts";
import { type SendingMailboxes, storeConsultation } from "./outbound/send-consultation.ts";
import { createPass, type Part } from "./pass.ts";
import { createPolling, type Polling } from "./polling.ts";
import { logUnread, tellUnread } from "./notices/tell-unread.ts";
import { refuseOtherNotices, refuseOtherUnread } from "./notices/refuse.ts";
import { createNoticeSender } from "./notices/sender.ts";
import { createWorklist } from "./queries/create-worklist.ts";
import { review } from "./queries/review.ts";
import { logWaiting } from "./queries/waiting-matches.ts";
import { createRetention } from "./retention/retention.ts";
import { openDatabase } from "./store/database.ts";
import { tellOpenFolders } from "./store/open-folders.ts";
import { standingTroubles } from "./troubles.ts";

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
  refuseOtherStrictness(options.strictness);
  refuseOtherMatching(options.businessResponse);
  refuseOtherKinds(options.doesNotTake);
  refuseOtherUnread(options.unread);
  refuseOtherNotices(options.notices);
  if (options.filing !== undefined) await requireFilingFolder(options.filing.folder, oursOf(options));
  const clock = options.clock ?? systemClock;
  const emit = options.emit ?? (() => undefined);
  const context: PracticeContext = {
    database: await openDatabase(options.dataFolder, (file) =>
      emit({ event: "journal-missing", odsCode: options.organisation.odsCode, file }),
    ),
    keptFolder: join(options.dataFolder, "kept"),
    organisation: options.organisation,
    organisations: options.organisations ?? [],
    role: options.role,
    businessResponse: options.businessResponse,
    patients: options.patients,
    generation: options.generation ?? practiceDefaults.generation,
    strictness: options.strictness ?? practiceDefaults.strictness,
    undoSeconds: options.undoSeconds ?? practiceDefaults.undoSeconds,
    unread: options.unread,
    doesNotTake: options.doesNotTake ?? practiceDefaults.doesNotTake,
    filing: options.filing,
    clock,
    emit,
    tuning: { ...practiceDefaults.tuning, ...options.tuning },
    reader: createReader(),
    reports: createReportWriter(options.organisation, clock),
    troubles: standingTroubles({ clock, emit, organisation: options.organisation }),
  };
  tellOpenFolders(context, options.dataFolder);
  const pass = createPass(context, partsOf(context, options.transports));
  const notices = createNoticeSender(context, options.notices);
  const retention = createRetention(context, options.retention);
  const filing = options.filing && createFiling(context, options.filing.folder, (afterMs) => polling.wake(afterMs));
  const polling: Polling = createPolling({
    pass: async (signal) => {
      try {
        return await context.troubles.watch(async () => pass(signal));
      } finally {
        filing?.turn();
        retention.turn();
        notices.turn();
      }
    },
    intervalMs: options.pollIntervalMs ?? practiceDefaults.pollIntervalMs,
    // The pass has told what failed.
    onFailure: () => undefined,
  });

  return {
    worklist: createWorklist(context, polling.wake, retention),
    start() {
      notices.begin();
      polling.start();
    },
    async cycle(signal) {
      notices.begin();
      await polling.cycle(signal);
    },
    async sendConsultation(consultation, sendOptions) {
      const stored = await storeConsultation(context, consultation, mailboxes, sendOptions);
      polling.wake();
      return stored;
    },
    async [Symbol.asyncDispose]() {
      await polling.stop();
      await filing?.[Symbol.asyncDispose]();
      await notices[Symbol.asyncDispose]();
      await retention[Symbol.asyncDispose]();
      await context.reader[Symbol.asyncDispose]();
      await context.reports[Symbol.asyncDispose]();
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

/** One that is not known would refuse nothing, or fail every message. */
function refuseOtherStrictness(strictness: PracticeOptions["strictness"]): void {
  if (strictness === undefined || strictnesses.includes(strictness)) return;
  throw new PracticeError("strictness-unknown", `The strictness must be one of: ${strictnesses.join(", ")}.`);
}

/** One that is not known would answer what was meant to wait, or never tell that it waits. */
function refuseOtherMatching(businessResponse: PracticeOptions["businessResponse"]): void {
  if (businessResponse.kind !== "onMatch") return;
  const { doubtful, tellAfterHours } = { ...practiceDefaults.businessResponse, ...businessResponse };
  if (["answer", "queue"].includes(doubtful) && tellAfterHours >= 1 && Number.isFinite(tellAfterHours)) return;
  throw new PracticeError(
    "matching-unknown",
    "A doubtful match must be one of: answer, queue; and it is told that it waits after 1 hour or more.",
  );
}

/** One that is not known would be taken, or fail every message. */
function refuseOtherKinds(doesNotTake: PracticeOptions["doesNotTake"]): void {
  if (doesNotTake === undefined) return;
  if (Array.isArray(doesNotTake) && doesNotTake.every((kind) => documentUseCases.includes(kind))) return;
  throw new PracticeError("kind-unknown", `What is not taken must be a list of: ${documentUseCases.join(", ")}.`);
}

/** What a record system must not take. */
function oursOf({ dataFolder, transports }: PracticeOptions): { path: string; name: string }[] {
  return [
    { path: dataFolder, name: "the data folder" },
    ...transports.flatMap((transport) =>
      transport.kind === "directory" ? [{ path: transport.folder, name: "the folder of a mailbox" }] : [],
    ),
  ];
}

function mailboxOf(transport: Transport): MailboxId {
  return transport.kind === "directory" ? transport.mailboxId : transport.client.mailboxId;
}

/**
 * What a pass does, in this order: takes in, looks patients up, hands over, and looks what a person must be told: last, so
 * that what this pass has brought is told with it.
 */
function partsOf(context: PracticeContext, transports: readonly Transport[]): Part[] {
  const { maxMessageBytes } = context.tuning;
  const mailboxes = transports.map((transport) => {
    const mailboxId = mailboxOf(transport);
    const [source, handOver] =
      transport.kind === "directory"
        ? [
            directorySource(mailboxId, transport.folder, maxMessageBytes, context.clock),
            directoryHandOver(context, mailboxId, transport.folder),
          ]
        : [
            apiSource(transport.client, maxMessageBytes, unusableIds({ ...context, mailboxId })),
            apiHandOver(context, transport.client),
          ];
    const inbound = takeIn(context, source);
    return {
      inbound: { work: "collecting", mailboxId, run: inbound.run } as const,
      outbound: { work: "handing-over", mailboxId, run: handOver.run } as const,
    };
  });
  const rereading = createRereading(context);
  return [
    ...mailboxes.map(({ inbound }) => inbound),
    { work: "matching", run: createMatching(context).run },
    ...mailboxes.map(({ outbound }) => outbound),
    {
      work: "storing",
      // One part of the pass: trouble that the one has is not over because the other works.
      run: async (signal) => {
        const more = [review(context), tellUnread(context), logWaiting(context), logUnread(context)].includes(true);
        const reread = await rereading.run(signal);
        return { ...reread, more: more || reread.more };
      },
    },
  ];
}
