import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { type MessageId, writeControlFile } from "@restante/mesh";
import { createMeshClient, type MeshClient, MeshClientError } from "@restante/mesh-client";
import { createDirectoryClient, type DirectoryClient, pairName } from "@restante/mesh-client/directory";
import { reportOf } from "../../src/client/mailbox-report.ts";
import { partsFolder } from "../config/parts-folder.ts";
import { typed, type Typed } from "../support/typed.ts";

const mailboxId = "Y99001OT001";

interface Carried {
  readonly config: string;
  readonly root: string;
  /** Starts its client again, which polls at once and then when it is woken. */
  readonly start: () => Promise<DirectoryClient>;
  readonly names: (place: string) => Promise<string[]>;
  readonly drop: (base: string) => Promise<void>;
  /** What the client says of the server from now on. */
  readonly server: { answers: boolean; sends: number; lists: readonly string[] };
  readonly type: (...words: string[]) => Promise<Typed>;
}

/** The folder of a mailbox, as client.yaml names it, of which the pairs in OUT are held: their answers were lost. */
async function carried(t: TestContext, bases: readonly string[]): Promise<Carried> {
  const home = await partsFolder(t);
  const config = join(home, "client.yaml");
  const root = join(home, "mesh", mailboxId);
  const server: Carried["server"] = { answers: true, sends: 0, lists: [] };
  const none = { url: "https://127.0.0.1:9", password: "", sharedKey: "", tls: { ca: "", cert: "", key: "" } };
  const nobody = createMeshClient({ ...none, mailboxId });
  const down = new MeshClientError("unreachable", "Nobody answers.", { retry: "safe" });
  const client: MeshClient = {
    ...nobody,
    handshake: async () => {
      if (!server.answers) throw down;
    },
    async *listAll() {
      if (!server.answers) throw down;
      yield* server.lists as readonly MessageId[];
    },
    download: async () => {
      throw new MeshClientError("refused", "The server answered 500.", { retry: "safe", answer: { status: 500 } });
    },
    send: async () => {
      server.sends += 1;
      throw new MeshClientError("answer-lost", "The connection broke.", { retry: "ambiguous" });
    },
  };
  const drop = async (base: string): Promise<void> => {
    const control = { version: "1.0", addressType: "DTS", messageType: "Data", from: mailboxId } as const;
    await writeFile(join(root, "OUT", `${base}.dat`), `data of ${base}`);
    const text = writeControlFile({ ...control, to: "Y90002OT001", workflowId: "TEST_WORKFLOW" });
    await writeFile(join(root, "OUT", `${base}.ctl`), text);
  };
  const start = async (): Promise<DirectoryClient> =>
    createDirectoryClient({ client, folder: root, settleMs: 0, reports: { collect: false }, pollIntervalMs: 60_000 });
  {
    await using directory = await start();
    for (const base of bases) await drop(base);
    // To one addressee one is in flight: the next goes when the one before it is held.
    do await directory.pollOnce();
    while (directory.held().length < bases.length);
  }
  return {
    config,
    root,
    start,
    drop,
    server,
    names: async (place) => (await readdir(join(root, place))).toSorted(),
    type: async (...words) => typed(["client", ...words, "--config", config]),
  };
}

test("'restante client held' lists, shows and decides where no client runs, and the log says who decided, naming no file", async (t) => {
  const { type, names, root } = await carried(t, ["JONES-1", "JONES-2", "JONES-3"]);
  const listed = await type("held", "list");
  assert.equal(listed.status, 0, listed.complained);
  assert.match(
    listed.printed,
    new RegExp(`^${mailboxId}  ${pairName("JONES-1")}  JONES-1  to Y90002OT001  since .*it has no LocalId`),
  );
  const shown = await type("held", "show", pairName("JONES-2"));
  assert.equal(shown.status, 0, shown.complained);
  for (const words of [
    "JONES-2.dat",
    "JONES-2.ctl",
    "TEST_WORKFLOW",
    "it has no LocalId",
    "held discard --arrived PAIR",
  ]) {
    assert.ok(shown.printed.includes(words), words);
  }
  const { held } = JSON.parse((await type("held", "list", "--json")).printed) as { held: { baseName: string }[] };
  assert.deepEqual(held.map(({ baseName }) => baseName).toSorted(), ["JONES-1", "JONES-2", "JONES-3"]);

  const released = await type("held", "release", "JONES-1");
  assert.deepEqual(
    [released.status, released.printed],
    [0, `JONES-1 (${pairName("JONES-1")}): released; it is sent again by the next poll\n`],
  );
  const arrived = await type("held", "discard", "JONES-2", "--arrived");
  assert.equal(arrived.status, 0, arrived.complained);
  const discarded = await type("held", "discard", "JONES-3");
  assert.equal(discarded.status, 0, discarded.complained);
  assert.deepEqual(await names("OUT"), ["JONES-1.ctl", "JONES-1.dat"]);
  assert.deepEqual(await names("SENT"), ["JONES-2.ctl", "JONES-2.dat"]);
  assert.deepEqual(await names("FAILED"), ["JONES-3.ctl", "JONES-3.dat"]);
  assert.equal((await type("held", "list")).printed, "No pair is held.\n");

  const log = await readFile(join(root, "..", "..", "restante-client.log"), "utf8");
  const decided = log.split("\n").filter((line) => line.includes("pair-decided"));
  assert.equal(decided.length, 3);
  assert.match(decided[0]!, /"decision":"release","by":"[^"]+@[^"]+"/);
  assert.ok(!log.includes("JONES"));
});

test("a client that runs does what 'restante client held' asks of it, and its next poll sends what was released", async (t) => {
  const { type, names, start, server } = await carried(t, ["A", "B"]);
  await using directory = await start();
  await directory.pollOnce();
  directory.start();
  assert.equal((await type("held", "list")).printed.trim().split("\n").length, 2);
  const discarded = await type("held", "discard", "A");
  assert.equal(discarded.status, 0, discarded.complained);
  assert.deepEqual(await names("FAILED"), ["A.ctl", "A.dat"]);
  const sends = server.sends;
  const released = await type("held", "release", "B");
  assert.equal(released.status, 0, released.complained);
  await directory.pollOnce();
  assert.equal(server.sends, sends + 1);
});

test("'restante client held' leaves what the last client said of itself, but for the pairs that it decided about", async (t) => {
  const { type } = await carried(t, ["A", "B"]);
  const before = (await type("status")).printed;
  assert.match(before, /\n {2}last poll {4}\S+Z, went well.*\n.* 2 held, 0 failed\n/);
  assert.equal((await type("held", "list")).status, 0);
  assert.equal((await type("status")).printed, before);
  assert.equal((await type("held", "discard", "A", "--arrived")).status, 0);
  assert.equal(
    (await type("status")).printed,
    before.replace("2 held", "1 held").replace("2 pairs are held", "1 pair is held"),
  );
});

test("who looks at a client needs none of the secrets by which it signs in: they may be the service's alone", async (t) => {
  const { type, config } = await carried(t, ["A"]);
  await rm(join(config, "..", "secrets"), { recursive: true });
  const { printed, complained } = await type("status");
  assert.equal(complained, "");
  assert.match(printed, / 1 held[^]*certificate {2}client/);
  assert.equal((await type("held", "discard", "A")).status, 0);
});

test("what is named unclearly, or not held, is refused, and nothing is done of what was named beside it", async (t) => {
  // A base name that is the short name of another pair.
  const { type, names } = await carried(t, ["A", pairName("A")]);
  for (const [words, expected] of [
    [["discard", pairName("A")], /may be any of .*\bA \([0-9a-f]{8}\) of Y99001OT001.*nothing was done/],
    [["release", "A", "NOBODY"], /no pair NOBODY is held; nothing was done/],
    [["release", "A.dat"], /no pair A\.dat is held/],
    [["release", "A", "--mailbox", "Y99009OT009"], /the client has no mailbox Y99009OT009, only Y99001OT001/],
  ] as const) {
    const { status, complained } = await type("held", ...words);
    assert.equal(status, 2);
    assert.match(complained, expected);
  }
  assert.equal((await names("OUT")).length, 4);
  const twice = await type("held", "discard", "A", "A");
  assert.deepEqual([twice.status, twice.printed.trim().split("\n").length], [0, 1]);
  assert.equal((await type("held", "discard", "A")).status, 2, "it is not held any more");
});

test("a mistyped folder is said to be one, and nothing is made there", async (t) => {
  const home = await partsFolder(t);
  const { status, printed, complained } = await typed([
    "client",
    "held",
    "list",
    "--config",
    join(home, "client.yaml"),
  ]);
  assert.deepEqual([status, printed], [1, ""]);
  assert.match(complained, /no client has worked on .*Y99001OT001 yet: is that the mailbox's folder\?/);
  const looked = await typed(["client", "status", "--config", join(home, "client.yaml")]);
  assert.equal(looked.status, 1);
  assert.match(looked.printed, /it cannot be told: there is no such folder, or no client has worked on it/);
  assert.doesNotMatch(looked.printed, /no client runs/, "what would be said of it is not there");
  assert.ok(!(await readdir(home)).includes("mesh"));
});

test("'restante client status' says that all is well of a client that runs and has nothing that waits for a person", async (t) => {
  const { type, start } = await carried(t, []);
  await using directory = await start();
  const early = await type("status");
  assert.equal(early.status, 1);
  assert.match(early.printed, /! its client has not polled yet/);
  assert.match((await type("held", "list")).complained, /has not said yet what it holds/);
  await directory.pollOnce();
  const { status, printed, complained } = await type("status");
  assert.equal(status, 0, printed + complained);
  assert.match(printed, /^Y99001OT001: carried by process \d+\n {2}last poll {4}\S+Z, went well; sent 0, received 0\n/);
  assert.match(
    printed,
    /0 waiting, 0 held, 0 failed\n[^]* {2}certificate {2}client, until \d{4}-\d\d-\d\d, \d+ days\nAll is well\.\n$/,
  );
});

test("'restante client status' never says that all is well where none runs, a poll failed, or something waits for a person", async (t) => {
  const { type, start, root, server, drop } = await carried(t, ["JONES-1"]);
  const none = await type("status");
  assert.equal(none.status, 1);
  assert.match(
    none.printed,
    /: no client runs\n[^]*1 held[^]*! no client runs: what is said here is as it was when one last did/,
  );

  await using directory = await start();
  await directory.pollOnce();
  const held = await type("status", "--json");
  assert.equal(held.status, 1);
  assert.ok(!held.printed.includes("JONES"));
  const { well, mailboxes } = JSON.parse(held.printed) as { well: boolean; mailboxes: { attention: string[] }[] };
  assert.deepEqual([well, mailboxes[0]?.attention], [false, ["1 pair is held: see restante client held list"]]);

  await directory.decide({
    verdict: "discard",
    pairs: (await directory.describeHeld()).map(({ key }) => key),
    by: "t",
  });
  await drop("X");
  await rm(join(root, "OUT", "X.ctl"));
  server.answers = false;
  await directory.pollOnce();
  const troubled = await type("status");
  assert.match(troubled.printed, /! 1 pair is in FAILED: take it away once seen to/);
  assert.match(troubled.printed, /! the last poll did not go well: Nobody answers/);
  await directory[Symbol.asyncDispose]();
  assert.match((await type("status")).printed, /no client runs\n[^]*! the last poll did not go well: Nobody answers/);

  await writeFile(join(root, ".restante", "status.json"), "{");
  assert.match((await type("status")).printed, /status\.json is damaged, or of another version/);
  await rm(join(root, ".restante", "status.json"));
  await mkdir(join(root, ".restante", "status.json"));
  const unreadable = await type("status");
  assert.equal(unreadable.status, 1);
  assert.match(unreadable.printed, /it cannot be told: /);
});

test("of a message that could not be fetched it is not said that all is well, also after a poll that did not try it again", async (t) => {
  const { type, start, server } = await carried(t, []);
  await using directory = await start();
  server.lists = ["20260102030405000000_ABCDEF"];
  assert.equal((await directory.pollOnce()).error?.message, "The server answered 500.");
  assert.equal((await directory.pollOnce()).error, undefined);
  const { status, printed } = await type("status");
  assert.equal(status, 1, printed);
  assert.match(
    printed,
    /went well; [^]*! 1 message is in MESH that could not be fetched, or not yet: the log says why/,
  );

  server.lists = [];
  await directory.pollOnce();
  assert.equal((await type("status")).status, 0);
});

test("what a client said before it could write no more is not taken for its word, nor is a poll that was given up", async (t) => {
  const { type, start, root } = await carried(t, []);
  await using directory = await start();
  await directory.pollOnce();
  await directory.pollOnce(AbortSignal.abort());
  assert.equal((await type("status")).status, 0);
  await mkdir(join(root, ".restante", ".status.json.new"));
  await writeFile(join(root, "OUT", "A.dat"), "half a pair");
  await directory.pollOnce();
  const { status, printed } = await type("status");
  assert.equal(status, 1, printed);
  assert.match(printed, /! its client could not write how it fares: is the disk full, or read-only\?/);
  assert.doesNotMatch(printed, /went well/);
});

test("a pair or message that could not be carried is not told as trouble with the server", async (t) => {
  const { type, start, drop } = await carried(t, []);
  await using directory = await start();
  await drop("A");
  assert.equal((await directory.pollOnce()).error?.code, "answer-lost");
  const { status, printed } = await type("status");
  assert.equal(status, 1);
  assert.match(
    printed,
    /last poll .*, could not do all; [^]*! the last poll could not do all, for a pair or message: The connection broke/,
  );
  assert.doesNotMatch(printed, /did not go well|last good/);
});

test("a client that says nothing of itself any more, or polls no more, is not taken for well, nor is a certificate that ends", async (t) => {
  const { type, start, root, config } = await carried(t, []);
  await using directory = await start();
  await directory.pollOnce();
  const file = join(root, ".restante", "status.json");
  for (const [seconds, words] of [
    [100, /! it cannot be told: its client has said nothing of itself for (9|1\d)\d seconds, and should each minute/],
    [600, /! it cannot be told: its client has said nothing of itself for (9|10) minutes/],
  ] as const) {
    const old = new Date(Date.now() - seconds * 1000);
    await utimes(file, old, old);
    const { status, printed } = await type("status");
    assert.equal(status, 1);
    assert.match(printed, words);
  }

  const said = JSON.parse(await readFile(file, "utf8")) as { lastPoll: object };
  const before = new Date(Date.now() - 2 * 3_600_000).toISOString();
  await writeFile(file, JSON.stringify({ ...said, lastPoll: { ...said.lastPoll, endedAt: before } }));
  assert.match((await type("status")).printed, /! it has not been polled since/);
  await writeFile(file, JSON.stringify({ ...said, pollingSince: before }));
  assert.match((await type("status")).printed, /! a poll has gone on since/);
  await writeFile(file, JSON.stringify(said));
  assert.equal((await type("status")).status, 0);

  const tls = join(config, "..", "tls");
  const certificates = {
    cert: await readFile(join(tls, "client.crt"), "utf8"),
    ca: await readFile(join(tls, "ca.crt"), "utf8"),
  };
  const mailbox = { mailboxId, folder: root };
  const { certificate } = await reportOf(mailbox, certificates, new Date());
  const at = (days: number): Date => new Date(certificate!.expiresAt.getTime() - days * 24 * 3_600_000 + 60_000);
  const attention = async (days: number): Promise<readonly string[]> =>
    (await reportOf(mailbox, certificates, at(days))).attention;
  assert.deepEqual(await attention(61), []);
  assert.match((await attention(60))[0] ?? "", /expires in 60 days$/);
  assert.match((await attention(0))[0] ?? "", /has expired$/);
});
