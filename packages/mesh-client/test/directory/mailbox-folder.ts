import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type ControlFile, readControlFile, writeControlFile } from "@restante/mesh";
import type { MeshClient } from "@restante/mesh-client";
import {
  createDirectoryClient,
  type DirectoryClient,
  type DirectoryClientOptions,
  type FolderName,
} from "@restante/mesh-client/directory";
import {
  recordEvents,
  type RecordedEvents,
  temporaryFolder,
  testClient,
  testMailboxes,
  type TestServer,
  testWorkflow,
} from "@restante/testbed";

/** The folders of one mailbox, as their owner sees them. */
export interface MailboxFolder {
  readonly root: string;
  readonly path: (folder: FolderName, name?: string) => string;
  /** The names in it, sorted. */
  readonly names: (folder: FolderName) => Promise<string[]>;
  readonly read: (folder: FolderName, name: string) => Promise<Buffer>;
  readonly control: (folder: FolderName, name: string) => Promise<ControlFile>;
  /** The reports and messages in IN, in the order of their names. */
  readonly inbox: () => Promise<ControlFile[]>;
  /** Puts a pair into OUT, the `.dat` first; gives the text of its control file. */
  readonly drop: (base: string, control?: Partial<ControlFile>, data?: string | Uint8Array) => Promise<string>;
}

export async function mailboxFolder(t: Pick<TestContext, "after">, from: string): Promise<MailboxFolder> {
  return openMailboxFolder(await temporaryFolder(t), from);
}

export function openMailboxFolder(root: string, from: string): MailboxFolder {
  const path = (folder: FolderName, name = ""): string => join(root, folder.toUpperCase(), name);
  const names = async (folder: FolderName): Promise<string[]> => (await readdir(path(folder))).sort();
  const read = async (folder: FolderName, name: string): Promise<Buffer> => readFile(path(folder, name));
  const control = async (folder: FolderName, name: string): Promise<ControlFile> =>
    readControlFile(await read(folder, name));
  return {
    root,
    path,
    names,
    read,
    control,
    inbox: async () => {
      const controls = (await names("in")).filter((name) => name.endsWith(".ctl"));
      return Promise.all(controls.map(async (name) => control("in", name)));
    },
    drop: async (base, overrides, data = `the data of ${base}`) => {
      const text = writeControlFile(outControl(from, overrides));
      await writeFile(path("out", `${base}.dat`), data);
      // In OUT itself, which may be on a disk of its own.
      await writeFile(path("out", `${base}.tmp`), text);
      await rename(path("out", `${base}.tmp`), path("out", `${base}.ctl`));
      return text;
    },
  };
}

export function outControl(from: string, overrides: Partial<ControlFile> = {}): ControlFile {
  return {
    version: "1.0",
    addressType: "DTS",
    messageType: "Data",
    from,
    to: testMailboxes.practice,
    workflowId: testWorkflow,
    ...overrides,
  };
}

export interface TestDirectory extends MailboxFolder {
  readonly client: MeshClient;
  readonly directory: DirectoryClient;
  readonly events: RecordedEvents;
  /** Ends the directory client and starts another one on the same folders. */
  readonly restart: (overrides?: Partial<DirectoryClientOptions>) => Promise<void>;
}

/** A directory client on folders of its own that settles at once and writes no reports of success, unless told otherwise. */
export async function startDirectory(
  t: Pick<TestContext, "after">,
  server: TestServer,
  mailboxId: string = testMailboxes.sender,
  overrides: Partial<DirectoryClientOptions> = {},
): Promise<TestDirectory> {
  const folder =
    overrides.folder === undefined ? await mailboxFolder(t, mailboxId) : openMailboxFolder(overrides.folder, mailboxId);
  const client = overrides.client ?? (await testClient(server, mailboxId));
  const events = recordEvents();
  const options: DirectoryClientOptions = {
    client,
    folder: folder.root,
    settleMs: 0,
    answerWaitMs: 0,
    reports: { collect: false },
    emit: events.emit,
    ...overrides,
  };
  let directory = await createDirectoryClient(options);
  t.after(async () => {
    await directory[Symbol.asyncDispose]();
    await client[Symbol.asyncDispose]();
  });
  return {
    ...folder,
    client,
    events,
    get directory() {
      return directory;
    },
    restart: async (changes = {}) => {
      await directory[Symbol.asyncDispose]();
      directory = await createDirectoryClient({ ...options, ...changes });
    },
  };
}
