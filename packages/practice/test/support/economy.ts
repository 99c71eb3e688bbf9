import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type ControlFile, type Event, newMessageId, readControlFile, writeControlFile } from "@restante/mesh";
import { createPractice } from "../../src/practice.ts";
import type { TestOrganisation } from "./organisations.ts";
import type { Practice, PracticeOptions } from "../../src/options.ts";
import { type TestClock, testClock } from "./clock.ts";
import { demographicsOf, record } from "./demographics.ts";

/** A practice whose mailbox is a folder that the test reads and fills. */
export interface DirectoryPractice {
  practice: Practice;
  organisation: TestOrganisation;
  clock: TestClock;
  events: Event[];
  folder: string;
  options: PracticeOptions;
  /** Closes the practice and opens it again on the same folders, as after a restart. */
  reopen(): Promise<Practice>;
}

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "restante-practice-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function openPractice(
  t: TestContext,
  organisation: TestOrganisation,
  changes: Partial<PracticeOptions> = {},
): Promise<DirectoryPractice> {
  const home = temporaryFolder(t);
  const folder = join(home, organisation.mailboxId);
  for (const name of ["IN", "OUT", "SENT", "FAILED", "TEMP"]) mkdirSync(join(folder, name), { recursive: true });
  const clock = testClock();
  const events: Event[] = [];
  const options: PracticeOptions = {
    organisation,
    role: "practice",
    businessResponse: { kind: "onMatch" },
    dataFolder: join(home, "practice"),
    transports: [{ kind: "directory", mailboxId: organisation.mailboxId, folder }],
    patients: demographicsOf(record()),
    undoSeconds: 0,
    clock,
    emit: (event) => events.push(event),
    ...changes,
  };
  const opened: DirectoryPractice = {
    practice: await createPractice(options),
    organisation,
    clock,
    events,
    folder,
    options,
    async reopen() {
      await opened.practice[Symbol.asyncDispose]();
      opened.practice = await createPractice(options);
      return opened.practice;
    },
  };
  t.after(async () => opened.practice[Symbol.asyncDispose]());
  return opened;
}

export interface Pair {
  name: string;
  control: ControlFile;
  data: Uint8Array;
}

/** The whole pairs in a folder, in the order of their names. */
export function pairsIn(folder: string): Pair[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".ctl"))
    .sort()
    .map((file) => ({
      name: file.slice(0, -4),
      control: readControlFile(readFileSync(join(folder, file))),
      data: readFileSync(join(folder, `${file.slice(0, -4)}.dat`)),
    }));
}

/** Puts a message into IN as the MESH client does; returns its message id. */
export function deliver(
  to: DirectoryPractice,
  data: Uint8Array | string,
  { from, workflowId, ...rest }: { from: string; workflowId: string } & Partial<ControlFile>,
): string {
  const messageId = rest.messageId ?? newMessageId(to.clock.now());
  const control: ControlFile = {
    version: "1.0",
    addressType: "ALL",
    messageType: "Data",
    from,
    to: to.organisation.mailboxId,
    workflowId,
    messageId,
    status: {
      at: "20260302110000",
      event: "TRANSFER",
      success: true,
      code: "00",
      description: "Transferred to recipient mailbox",
    },
    ...rest,
  };
  writeFileSync(join(to.folder, "IN", `${messageId}.dat`), data);
  writeFileSync(join(to.folder, "IN", `${messageId}.ctl`), writeControlFile(control));
  return messageId;
}

/** Does the MESH client's part for all that is in `from`'s OUT: SENT, and IN of `to`. Returns the message ids. */
export function carry(from: DirectoryPractice, to: DirectoryPractice): string[] {
  const out = join(from.folder, "OUT");
  return pairsIn(out).map(({ name, control, data }) => {
    const messageId = deliver(to, data, {
      from: control.from ?? "",
      workflowId: control.workflowId ?? "",
      subject: control.subject,
      localId: control.localId,
    });
    markSent(from, name, messageId);
    return messageId;
  });
}

/** Does the MESH client's part after a send: the pair moves to SENT, its control file with the message id. */
export function markSent(from: DirectoryPractice, name: string, messageId: string): void {
  const path = (folder: string, extension: string): string => join(from.folder, folder, `${name}.${extension}`);
  const control = readControlFile(readFileSync(path("OUT", "ctl")));
  renameSync(path("OUT", "dat"), path("SENT", "dat"));
  writeFileSync(path("SENT", "ctl"), writeControlFile({ ...control, messageId }));
  rmSync(path("OUT", "ctl"));
}
