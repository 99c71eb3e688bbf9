import assert from "node:assert/strict";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { after, test, type TestContext } from "node:test";
import { createLocalAuthority } from "@restante/authority";
import type { MessageId } from "@restante/mesh";
import {
  type Postgres,
  postgresMissing,
  type S3,
  startPostgres,
  startS3,
  startTestServer,
  testClient,
  testMailboxes,
  type TestServer,
  testWorkflow,
} from "@restante/testbed";
import { temporaryFolder } from "../support/at-end.ts";
import { partsFolder, secretFile } from "../config/parts-folder.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { type Typed, typed } from "../support/typed.ts";

const skip = postgresMissing ?? false;
let postgres: Postgres;
if (postgresMissing === undefined) {
  postgres = await startPostgres({ after: (end: () => unknown) => after(() => end()) });
}

interface Shared {
  /** The settings of a node. */
  readonly config: string;
  readonly s3: S3;
  readonly settings: Parameters<TestServer["restart"]>[0];
  readonly doctor: (...words: string[]) => Promise<Typed>;
}

async function shared(t: TestContext): Promise<Shared> {
  const home = await partsFolder(t);
  process.env["MESH_PASSWORD_Y99002OT001"] = "password-2";
  const store = await postgres.createDatabase();
  const s3 = await startS3(t);
  const { endpoint, bucket, accessKeyId, secretAccessKey } = s3;
  const bodies = `s3://${bucket}/moved`;
  await secretFile(home, "s3-key", secretAccessKey);
  const config = join(home, "new.yaml");
  const text = await readFile(join(home, "server.yaml"), "utf8");
  await writeFile(
    config,
    text.replace(
      /^dataFolder: .*$/m,
      `store: ${store}\nbodies: ${bodies}\nnode: one\ns3: { endpoint: "${endpoint}", accessKeyId: ${accessKeyId}, secretAccessKey: { file: secrets/s3-key } }`,
    ),
  );
  return {
    config,
    s3,
    settings: { store, bodies, node: "one", s3: { endpoint, accessKeyId, secretAccessKey } },
    doctor: (...words) => typed(["server", "doctor", "--config", config, ...words], undefined, 1000),
  };
}

const { sender, practice } = testMailboxes;
const large = Buffer.alloc(300_000, "a large body ");

test(
  "what a server of one machine has, its clients get from the first node: nothing is lost, given twice or out of order",
  { skip },
  async (t) => {
    const { config, settings, doctor } = await shared(t);
    const server = await startTestServer(t);
    await using from = await testClient(server, sender);
    const send = async (body: Buffer): Promise<MessageId> =>
      (await from.send({ to: practice, workflowId: testWorkflow, body })).messageId;
    const [first, second, third] = [
      await send(Buffer.from("first")),
      await send(large),
      await send(Buffer.from("third")),
    ];
    await using to = await testClient(server, practice);
    await to.acknowledge(first);
    const migrate = (...words: string[]): Promise<Typed> =>
      typed(["migrate-store", "--config", config, "--from-folder", server.config.dataFolder, ...words], undefined, 200);

    const running = await migrate();
    assert.equal(running.status, 1);
    assert.match(running.complained, /it is in use by process \d+: stop that server first/);
    await server.close();

    const checked = await migrate("--check");
    assert.deepEqual([checked.status, checked.complained], [0, ""]);
    assert.match(
      checked.printed,
      /has 3 messages, 1 body in a file and \d+ tokens: it can be moved to postgres:.* and s3:/,
    );
    assert.match((await doctor()).printed, /^warn +schema/m);

    const moved = await migrate();
    assert.deepEqual([moved.status, moved.complained], [0, ""]);
    assert.match(moved.printed, /^MAILBOX +MESSAGES +LISTED +LAST NUMBER +OLD STORE +NEW STORE$/m);
    assert.match(moved.printed, new RegExp(`^${practice} +0 +2 +3 +([0-9a-f]{16}) +\\1$`, "m"));
    assert.match(moved.printed, /^Moved\. .* is closed for ever/m);
    for (const again of [await migrate(), await migrate("--check")]) {
      assert.equal(again.status, 0);
      assert.match(again.printed, /was moved already, and is closed\./);
    }
    await assert.rejects(server.restart(), { code: "store-moved" });

    await server.restart(settings);
    await using fromNode = await testClient(server, sender);
    await using toNode = await testClient(server, practice);
    assert.deepEqual((await toNode.list()).messageIds, [second, third]);
    assert.deepEqual(await buffer((await toNode.download(second)).body), large);
    assert.equal((await fromNode.track(first)).status, "acknowledged");
    await toNode.acknowledge(second);
    const { messageId: fourth } = await fromNode.send({
      to: practice,
      workflowId: testWorkflow,
      body: Buffer.from("4"),
    });
    assert.deepEqual((await toNode.list()).messageIds, [third, fourth]);

    const well = await doctor("--json");
    const { faults, findings } = JSON.parse(well.printed) as {
      faults: number;
      findings: { check: string; words: string }[];
    };
    assert.deepEqual([well.status, faults], [0, 0]);
    assert.match(findings.find(({ check }) => check === "nodes")?.words ?? "", /^1 run: one$/);
    // The files name other mailboxes than this server has.
    assert.match(findings.find(({ check }) => check === "settings of nodes")?.words ?? "", /mailboxes \(one\)/);
  },
);

test("where the S3 store is away the move stops without a loss, and goes on when it is back", { skip }, async (t) => {
  const { config, s3 } = await shared(t);
  const server = await startTestServer(t);
  await using from = await testClient(server, sender);
  await from.send({ to: practice, workflowId: testWorkflow, body: large });
  await server.close();
  const migrate = (): Promise<Typed> =>
    typed(["migrate-store", "--config", config, "--from-folder", server.config.dataFolder], undefined, 200);
  await s3.kill();

  const failed = await migrate();
  assert.equal(failed.status, 1);
  assert.match(failed.complained, /^Nothing was moved\. The same command begins the move, or goes on with one/m);
  await server.restart();
  await server.close();

  await s3.start();
  assert.equal((await migrate()).status, 0);
});

test(
  "a folder that is closed while the new store is not open yet is told as that, and a stop hides nothing that failed",
  { skip },
  async (t) => {
    const { config, s3, settings } = await shared(t);
    const server = await startTestServer(t);
    await using from = await testClient(server, sender);
    for (const body of [large, large]) await from.send({ to: practice, workflowId: testWorkflow, body });
    await server.close();
    const bodies = join(server.config.dataFolder, "bodies");
    await rm(join(bodies, (await readdir(bodies))[0]!));
    const migrate = (more: Partial<Terminal> = {}, ...others: string[]): Promise<Typed> => {
      const words = ["migrate-store", "--config", config, "--from-folder", server.config.dataFolder, ...others];
      return typed([...words, "--without-bodies", "5"], undefined, 200, undefined, more);
    };
    const checked = async (): Promise<string> => (await migrate({}, "--check")).printed;
    assert.match(await checked(), /it can be moved to .*, without 1 body that cannot be read\.\n$/);
    const stopping = new AbortController();
    const progress = (line: string): void => {
      if (line.startsWith("Comparing")) stopping.abort("SIGTERM");
    };
    const stopped = await migrate({ progress, stop: stopping.signal });
    assert.deepEqual(stopped, {
      status: 1,
      printed: "",
      complained: "It is not moved yet. The same command goes on where it was.\n",
    });

    assert.match(await checked(), /can be moved to .* An earlier run has copied all of it: it is compared, and/);

    // As the new store is just before it is opened.
    const [name] = /test_\w+/.exec(settings!.store!)!;
    await postgres.ask(`CREATE DATABASE ${name}_before TEMPLATE ${name}`);
    const moved = await migrate();
    assert.equal(moved.status, 0);
    assert.match(moved.printed, /^! The body of .* is missing, as it was before: the message is moved without it\.$/m);
    await writeFile(config, (await readFile(config, "utf8")).replace(name, `${name}_before`));
    await s3.kill();
    const failed = await migrate({ stop: AbortSignal.abort("SIGTERM") });
    assert.equal(failed.status, 1);
    assert.match(failed.complained, /is closed: until the new store is open, no server starts on either/);
    assert.match(failed.complained, /^restante: s3:.*nothing listens there/m);

    await s3.start();
    assert.match(
      await checked(),
      /^\S+ is closed: until .* The same command without --check compares both again, and opens it\.\n$/,
    );
    assert.match((await migrate()).printed, /^Moved\./m);
  },
);

test(
  "a doctor says what is at fault and exits 1; of a server with a folder, or no settings, he says so and exits 2",
  { skip },
  async (t) => {
    const { config, doctor } = await shared(t);
    await writeFile(
      config,
      (await readFile(config, "utf8")).replace(/^store: .*$/m, "store: postgres://nobody@127.0.0.1:1/none"),
    );
    const sick = await doctor();
    assert.equal(sick.status, 1);
    assert.match(sick.printed, /^fault +connection +.*nothing listens there/m);
    assert.match(sick.printed, /^\d faults?, 0 warnings\.$/m);

    assert.match(sick.printed, /^ok +certificate +good until .*\(tls\.cert\) the shortest$/m);
    for (const [daysAgo, says] of [
      [390, /^warn +certificate +node \(tls\.cert\) expires in 7 days \(/m],
      [400, /^fault +certificate +node \(tls\.cert\) has expired \(/m],
    ] as const) {
      const clock = { now: (): Date => new Date(Date.now() - daysAgo * 24 * 60 * 60 * 1000) };
      const old = await createLocalAuthority(await temporaryFolder(t), { clock });
      const { cert, key } = await old.issue({ commonName: "node", hosts: ["localhost"], kind: "server" });
      await writeFile(config.replace("new.yaml", "tls/server.crt"), cert);
      await writeFile(config.replace("new.yaml", "tls/server.key"), key);
      assert.match((await doctor()).printed, says);
    }

    const ofFolder = await typed(["server", "doctor", "--config", config.replace("new.yaml", "server.yaml")]);
    assert.equal(ofFolder.status, 2);
    assert.match(ofFolder.complained, /server\.yaml has a dataFolder, and no store/);
    for (const words of [["server", "doctor"], ["migrate-store"], ["migrate-store", "--from-folder", "x"]]) {
      const wrong = await typed(words);
      assert.equal(wrong.status, 2);
      assert.match(wrong.complained, /is missing: name/);
    }
  },
);
