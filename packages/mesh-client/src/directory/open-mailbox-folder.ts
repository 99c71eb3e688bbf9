import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { holdSharedFolder, type HoldSharedOptions, type Lease, separateDatabase } from "@restante/durable";
import type { Clock } from "@restante/mesh";
import { cannotStart } from "./cannot-start.ts";
import type { DirectoryContext } from "./context.ts";
import { labelOf } from "./folder-trouble.ts";
import { openFolders } from "./folders.ts";
import { folderNames, type Folders } from "./folder-name.ts";
import { openMode } from "./group.ts";
import { type Journal, openJournal } from "./journal.ts";
import { openJournalFolder } from "./journal-folder.ts";

interface Opening {
  readonly group: number | undefined;
  readonly clock: Clock;
  readonly lock: Pick<HoldSharedOptions, "takeOver" | "times" | "onLost">;
  readonly onJournalMissing: (file: string) => void;
}

export interface OpenMailboxFolder {
  readonly folders: Folders;
  readonly hidden: string;
  readonly journal: Journal;
  readonly lock: Lease;
  /** The journal, and the lock below it. */
  readonly opened: DisposableStack;
}

/** The folders, and the journal, for this process alone. */
export async function openMailboxFolder(
  folder: string,
  { group, clock, lock: asked, onJournalMissing }: Opening,
): Promise<OpenMailboxFolder> {
  const folders = await openFolders(folder, group);
  using opening = new DisposableStack();
  try {
    const hidden = await openJournalFolder(folder);
    const lock = opening.use(await holdSharedFolder(hidden, "client", { ...asked, ...remedies }));
    if (lock.isFromElsewhere) await separateDatabase(join(hidden, "journal.db"));
    const journal = opening.use(openJournal(hidden, clock, { mayBeNew: false, onJournalMissing, lock }));
    return { folders, hidden, journal, lock, opened: opening.move() };
  } catch (error) {
    throw cannotStart(error, folder);
  }
}

const remedies = {
  remedy: "stop that client first",
  remedyElsewhere:
    "stop that client first; if its machine is gone, wait until that is 5 minutes ago, or start once with --take-over",
} as const;

/** Folders that others than their owner may open, each once at a start: they were found like that. */
export function tellOpenFolders(
  { folders, group, mailboxId, emit }: DirectoryContext,
  others: { mailbox: string; ".restante": string },
): void {
  const labelled = folderNames.map((name) => [labelOf(name), folders[name]] as const);
  for (const [folder, path] of [...labelled, ...Object.entries(others)]) {
    const mode = openMode(path, folder === "IN" || folder === "OUT" || folder === "mailbox" ? group : undefined);
    if (mode !== undefined) emit({ event: "folder-open-to-others", mailboxId, folder, mode });
  }
}

/** Clears TEMP of what an interrupted client left, except what the journal still wants moved. */
export async function sweepTemp({ folders, journal }: DirectoryContext): Promise<void> {
  const wanted = new Set(journal.filings().flatMap(({ steps }) => steps.map(({ from }) => from.name)));
  for (const name of await readdir(folders.temp)) {
    if (/^\.?(in|out|report)-/.test(name) && !wanted.has(name)) await rm(join(folders.temp, name), { force: true });
  }
}
