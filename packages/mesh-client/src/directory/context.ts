import { join } from "node:path";
import {
  type Clock,
  type ControlFile,
  type Emit,
  type MailboxId,
  type MessageId,
  newMessageId,
  type StatusRecord,
  writeControlFile,
} from "@restante/mesh";
import type { MeshClient } from "../mesh-client.ts";
import { reportControl } from "./control-files.ts";
import { syncFolder, writeSynced } from "./files.ts";
import { carryOut, type Step } from "./filing.ts";
import type { Folders } from "./folders.ts";
import type { Filing, Journal } from "./journal.ts";
import type { News } from "./news.ts";

/** Which reports appear in IN besides those of failures. The NHS client's settings and defaults: CollectReport=Y alone. */
export interface ReportSettings {
  /** COLLECT SUCCESS 00: a pair was collected from OUT. */
  readonly collect: boolean;
  /** TRANSFER SUCCESS 00: it was sent. */
  readonly transfer: boolean;
  /** TRANSFER SUCCESS 05: it is still waiting to be sent. */
  readonly delay: boolean;
  /** RECEIVE 00, 15, 16, 17: a poll succeeded or failed. */
  readonly poll: boolean;
}

export interface DirectorySettings {
  readonly settleMs: number;
  readonly missingDataAfterMs: number;
  readonly missingControlAfterMs: number;
  readonly answerWaitMs: number;
  readonly attempts: number;
  readonly onAmbiguous: "hold" | "resend";
  readonly maxRequestBytes: number;
  readonly chunkBytes: number;
  readonly commit: "single" | "two-chunk";
  readonly maxMessageBytes: number;
  readonly reports: ReportSettings;
}

/** What the parts of one directory client share. */
export interface DirectoryContext {
  readonly client: MeshClient;
  readonly mailboxId: MailboxId;
  readonly folders: Folders;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly settings: DirectorySettings;
  readonly news: News;
}

/** Carries out what the journal has decided. */
export async function finish({ folders, journal }: DirectoryContext, filing: Filing): Promise<void> {
  await carryOut(filing.steps, folders);
  journal.filed(filing);
}

/** Writes a control file to TEMP, on disk with its name, and gives the step that moves it to where it belongs. */
export async function stage(
  { folders }: DirectoryContext,
  name: string,
  control: ControlFile,
  to: NonNullable<Step["to"]>,
): Promise<Step> {
  await writeSynced(join(folders.temp, name), writeControlFile(control));
  await syncFolder(folders.temp);
  return { from: { folder: "temp", name }, to };
}

/** Stages a report about a pair of ours, or about the polling: a `.ctl` in IN, under an id of its own. */
export async function stageReport(
  context: DirectoryContext,
  status: StatusRecord,
  about: Partial<ControlFile> = {},
  messageId?: MessageId,
): Promise<Step> {
  const { mailboxId, clock } = context;
  const id = newMessageId(clock.now());
  const control = reportControl(about, { mailboxId, messageId, status });
  return stage(context, `report-${id}.ctl`, control, { folder: "in", name: `${id}.ctl` });
}
