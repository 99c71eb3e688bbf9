// What a pair or a message may be on its way to, one kind each: how it is begun, and what must have become of it in the end,
// wherever the client was killed.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { ControlFile } from "@restante/mesh";
import { type MeshClient, MeshClientError, type MeshClientOptions } from "@restante/mesh-client";
import { createDirectoryClient } from "@restante/mesh-client/directory";
import { addressOf, testPatients, testWorkflow, waitFor } from "@restante/testbed";
import type { MailboxFolder } from "../test/directory/mailbox-folder.ts";
import { type End, type Lane, routedWorkflow } from "./lane.ts";
import type { MailboxSettings } from "./mailbox-process.ts";

/** One kill, and what led to it. */
export interface Run {
  readonly lane: Lane;
  readonly folder: MailboxFolder;
  /** No other run's. */
  readonly localId: string;
  /** Every `.dat` that may be seen anywhere. */
  readonly bodies: Buffer[];
}

/** What there is when all is settled. */
export interface Settled {
  /** What its owner took from IN, by the names of the control files, each once. */
  readonly taken: ReadonlyMap<string, { readonly control: ControlFile; readonly data: Buffer | undefined }>;
  readonly held: readonly string[];
  /** What the other mailbox has, each once. */
  readonly arrived: readonly Buffer[];
}

export interface Kind {
  readonly name: string;
  /** Whose directory client it is that is killed. */
  readonly end: "from" | "to";
  readonly settings?: MailboxSettings;
  /** Which folder is on a disk of its own. */
  readonly disk?: "out" | "in";
  /** What the client that is killed is told of its server. */
  readonly misled?: Partial<MeshClientOptions>;
  readonly begin: (run: Run) => Promise<void>;
  readonly check: (run: Run, settled: Settled) => Promise<void>;
}

const base = "PAIR";
const files = [`${base}.ctl`, `${base}.dat`];
const quiet = { collect: false } as const;

async function drop(run: Run, control: Partial<ControlFile>, body: Buffer): Promise<void> {
  run.bodies.push(body);
  await run.folder.drop(base, { to: run.lane.to.mailboxId, ...control }, body);
}

/** Sent once, whole, and nowhere but in SENT. */
async function wasSent({ folder, bodies }: Run, { arrived, held }: Settled): Promise<void> {
  assert.deepEqual(held, []);
  assert.deepEqual(arrived, bodies, "it arrives once, byte for byte");
  assert.deepEqual(await folder.names("out"), []);
  assert.deepEqual(await folder.names("failed"), []);
  assert.deepEqual(await folder.names("sent"), files);
  assert.deepEqual(await folder.read("sent", `${base}.dat`), bodies[0]);
  assert.equal((await folder.control("sent", `${base}.ctl`)).status?.success, true);
}

/** Codes of the status records of the reports in IN. */
function reports({ taken }: Settled): (string | undefined)[] {
  return [...taken.values()].map(({ control }) => control.status?.code);
}

async function isEmptyButFor(
  { folder }: Run,
  left: Partial<Record<"out" | "sent" | "failed", string[]>>,
): Promise<void> {
  for (const name of ["out", "sent", "failed"] as const) assert.deepEqual(await folder.names(name), left[name] ?? []);
}

/** A directory client in this process, to which something happens before the one that is killed is begun. */
async function before({ folder }: Run, client: MeshClient, settings: MailboxSettings = {}): Promise<void> {
  await using directory = await createDirectoryClient({
    client,
    folder: folder.root,
    settleMs: 0,
    reports: quiet,
    ...settings,
  });
  await directory.pollOnce();
}

/** A client whose send arrives, and whose answer does not come back. */
function losingAnswers({ client }: End): MeshClient {
  return {
    ...client,
    send: async (message, options) => {
      await client.send(message, options);
      throw new MeshClientError("answer-lost", "The connection broke.", { retry: "ambiguous" });
    },
  };
}

async function post({ lane, bodies }: Run, body: Buffer, contentEncoding?: "gzip"): Promise<string> {
  bodies.push(body);
  const content = contentEncoding === undefined ? { body } : { body: gzipSync(body), contentEncoding };
  return (await lane.from.client.send({ to: lane.to.mailboxId, workflowId: testWorkflow, ...content })).messageId;
}

/** All that was posted, once each. */
function wasReceived({ bodies }: Run, { taken }: Settled): void {
  const sorted = (all: readonly (Buffer | undefined)[]): string[] =>
    all.map((body) => body?.toString("latin1") ?? "").toSorted((one, other) => (one < other ? -1 : 1));
  assert.deepEqual(sorted([...taken.values()].map(({ data }) => data)), sorted(bodies));
}

export const kinds: readonly Kind[] = [
  {
    name: "sent whole",
    end: "from",
    begin: async (run) => drop(run, { localId: run.localId }, Buffer.from("what is written ".repeat(500))),
    check: async (run, settled) => {
      await wasSent(run, settled);
      assert.deepEqual(reports(settled), ["00"]);
    },
  },
  {
    name: "received",
    end: "to",
    begin: async (run) => {
      await post(run, randomBytes(70_000));
      await post(run, Buffer.from("what is read ".repeat(5000)), "gzip");
    },
    check: async (run, settled) => wasReceived(run, settled),
  },
  {
    name: "sent in chunks",
    end: "from",
    settings: { maxRequestBytes: 9000, chunkBytes: 8000, reports: quiet },
    begin: async (run) => drop(run, { allowChunking: true, localId: run.localId }, randomBytes(20_000)),
    check: wasSent,
  },
  {
    name: "sent in two chunks, with a LocalId that tells nothing",
    end: "from",
    settings: { commit: "two-chunk", reports: { collect: false, transfer: true } },
    begin: async (run) => {
      await post(run, Buffer.from("another with it"));
      await drop(run, { allowChunking: true }, Buffer.from("in two chunks ".repeat(500)));
    },
    check: async (run, { arrived, ...settled }) => {
      const [other, ...bodies] = run.bodies;
      assert.deepEqual(arrived[0], other);
      await wasSent({ ...run, bodies }, { ...settled, arrived: arrived.slice(1) });
      assert.deepEqual(reports({ arrived, ...settled }), ["00"]);
    },
  },
  {
    name: "found by its LocalId after its answer was lost",
    end: "from",
    settings: { reports: quiet },
    begin: async (run) => {
      await drop(run, { localId: run.localId }, Buffer.from("its answer is lost"));
      await before(run, losingAnswers(run.lane.from));
    },
    check: wasSent,
  },
  {
    name: "held",
    end: "from",
    settings: { reports: quiet },
    begin: async (run) => {
      await drop(run, {}, Buffer.from("nobody can tell"));
      await before(run, losingAnswers(run.lane.from));
    },
    check: async (run, { held, arrived }) => {
      assert.deepEqual(held, [base]);
      assert.deepEqual(arrived, run.bodies);
      await isEmptyButFor(run, { out: files });
      assert.deepEqual(await run.folder.read("out", `${base}.dat`), run.bodies[0]);
    },
  },
  {
    name: "failed",
    end: "from",
    begin: async (run) => drop(run, { to: "NOBODY", localId: run.localId }, Buffer.from("nobody takes it")),
    check: async (run, settled) => {
      assert.deepEqual(settled.arrived, []);
      await isEmptyButFor(run, { failed: files });
      assert.deepEqual(await run.folder.read("failed", `${base}.dat`), run.bodies[0]);
      assert.deepEqual(reports(settled), [(await run.folder.control("failed", `${base}.ctl`)).status?.code]);
    },
  },
  {
    name: "reported to be late, and sent later",
    end: "from",
    settings: { reports: { collect: false, delay: true } },
    misled: { url: "https://127.0.0.1:9", retries: { attempts: 1 } },
    begin: async (run) => drop(run, { localId: run.localId }, Buffer.from("the server is away")),
    check: async (run, settled) => {
      await wasSent(run, settled);
      const codes = reports(settled);
      // Killed before it is noted, it is late no more once the server is back.
      assert.ok(codes.length <= 1 && codes.every((code) => code === "05"), `reports: ${codes.join(", ")}`);
    },
  },
  {
    name: "a report received",
    end: "from",
    settings: { reports: quiet },
    begin: async ({ lane }) => {
      const to = addressOf(testPatients.unknown);
      await lane.from.client.send({ to, workflowId: routedWorkflow, body: Buffer.from("x") });
      await waitFor(async () => (await lane.from.client.list()).messageIds.length === 1, { what: "the report" });
    },
    check: async (_, { taken }) => {
      assert.equal(taken.size, 1);
      for (const { control, data } of taken.values()) {
        assert.equal(control.messageType, "Report");
        assert.equal(data, undefined, "a report is a control file alone");
      }
    },
  },
  {
    name: "filed at a later poll, as IN was not there",
    end: "to",
    begin: async (run) => {
      const { client } = run.lane.to;
      const { root } = run.folder;
      await post(run, randomBytes(5000));
      const download: MeshClient["download"] = async (...words) => {
        const message = await client.download(...words);
        await rename(join(root, "IN"), join(root, "away"));
        await writeFile(join(root, "IN"), "");
        return message;
      };
      await before(run, { ...client, download });
      await rm(join(root, "IN"));
      await rename(join(root, "away"), join(root, "IN"));
    },
    check: async (run, settled) => wasReceived(run, settled),
  },
  {
    name: "sent from a disk of its own",
    end: "from",
    disk: "out",
    settings: { reports: quiet },
    begin: async (run) => drop(run, { localId: run.localId }, randomBytes(5000)),
    check: wasSent,
  },
  {
    name: "received to a disk of its own",
    end: "to",
    disk: "in",
    begin: async (run) => void (await post(run, randomBytes(5000))),
    check: async (run, settled) => wasReceived(run, settled),
  },
];
