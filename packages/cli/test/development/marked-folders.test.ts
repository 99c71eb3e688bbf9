import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { exampleFile } from "../../src/economy/examples.ts";
import { atEnd, temporaryFolder } from "../support/at-end.ts";
import { freePortBase, type RunningCommand, runCommand } from "../support/processes.ts";
import { typed } from "../support/typed.ts";

const MARK = "for-development.txt";

async function started(t: TestContext, pattern: RegExp, ...words: string[]): Promise<RunningCommand> {
  const command = runCommand(words);
  atEnd(t, async () => command.end("SIGKILL"));
  await command.printed(pattern);
  return command;
}

async function control(
  url: string,
  server: string,
  token: string = readFileSync(join(server, "control-token"), "utf8").trim(),
): Promise<number> {
  const answer = await fetch(`${url}/v1/mailboxes/list`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: "{}",
  });
  return answer.status;
}

test("a port of control that is one of the economy's is refused with what it is for, and the next one is named", async (t) => {
  const data = join(await temporaryFolder(t), "economy");
  for (const command of ["up", "server"]) {
    const words = [command, "--data", data, "--port-base", "9100", "--control", "9101"];
    const { status, complained } = await typed(words);
    assert.equal(status, 2, command);
    assert.equal(
      complained.trim(),
      "restante: --control 9101 is the port of the worklist of Y99001 too: choose one above 9103 (0: any free one), or other ports with --port-base",
    );
  }
});

test("restante up marks the folder that it makes; its parts run there, with control where asked for; production refuses it", async (t) => {
  const data = join(await temporaryFolder(t), "economy");
  const server = join(data, "server");
  const words = ["up", "--no-samples", "--data", data, "--port-base", String(await freePortBase())];
  const up = await started(t, /Ctrl-C stops it/, ...words, "--control", "0");
  assert.ok(existsSync(join(server, MARK)));
  const [, url = ""] = await up.printed(/Control +(\S+)/);
  await up.printed(/npx restante control messages list --data .* control --help tells what can go wrong/);
  assert.equal(await control(url, server), 200);
  assert.equal(await control(url, server, "another"), 401);
  assert.equal(await up.end("SIGINT"), 0);

  const part = await started(t, /Control of it at (\S+)/, "server", "--data", data, "--control", "0");
  const [, ofPart = ""] = await part.printed(/Control of it at (\S+)/);
  assert.equal(await control(ofPart, server), 200);
  assert.equal(await part.end("SIGINT"), 0);

  const alone = await started(t, /MESH server of .* at/, "server", "--data", data);
  assert.doesNotMatch(alone.output(), /Control/);
  assert.equal(await alone.end("SIGINT"), 0);

  const production = runCommand(["server", "--config", join(data, "config", "server.yaml")]);
  assert.equal(await production.ended, 1);
  assert.match(
    production.output(),
    /it was made for development .*name a folder of its own .* or run it with restante server --data/,
  );
  const developed = await typed(["server", "--dev", "--port", "0", "--data", data]);
  assert.equal(developed.status, 1);
  assert.match(developed.complained, /is an economy of restante up/);
});

test("an economy made without a mark runs as before, is never marked, and has no control", async (t) => {
  const data = join(await temporaryFolder(t), "economy");
  const mark = join(data, "server", MARK);
  const base = String(await freePortBase());
  // A part alone makes none.
  const part = await started(t, /MESH server of .* at/, "server", "--data", data, "--port-base", base);
  assert.ok(!existsSync(mark));
  assert.equal(await part.end("SIGINT"), 0);

  for (const words of [["up", "--no-samples"], ["server"]]) {
    const refused = runCommand([...words, "--data", data, "--control", "0"]);
    assert.equal(await refused.ended, 1, refused.output());
    assert.match(
      refused.output(),
      /was not made for development, so nothing in it may be controlled: --control needs a new folder/,
    );
  }
  const up = await started(t, /Ctrl-C stops it/, "up", "--no-samples", "--data", data);
  assert.ok(!existsSync(mark));
  assert.equal(await up.end("SIGINT"), 0);
  // A folder of production's, from the file.
  const production = await started(
    t,
    /MESH server of .* at/,
    "server",
    "--config",
    join(data, "config", "server.yaml"),
  );
  assert.equal(await production.end("SIGINT"), 0);
});

test("server --data --control marks the folder that it makes", async (t) => {
  const data = join(await temporaryFolder(t), "economy");
  const words = ["server", "--data", data, "--port-base", String(await freePortBase()), "--control", "socket"];
  const part = await started(t, /Control of it at \S+control\.sock/, ...words);
  assert.ok(existsSync(join(data, "server", MARK)));
  assert.equal(await part.end("SIGINT"), 0);
});

test("the folder of server --dev is none of restante up, send and pair, also where it was begun and killed", async (t) => {
  const data = join(await temporaryFolder(t), "dev");
  const server = await started(t, /Ready/, "server", "--dev", "--port", "0", "--data", data);
  assert.equal(await server.end("SIGKILL"), "SIGKILL");
  const consultation = exampleFile("consultation.json");
  for (const words of [["up", "--no-samples"], ["server"], ["send", consultation], ["pair", consultation]]) {
    const { status, complained } = await typed([...words, "--data", data]);
    assert.equal(status, 1, words.join(" "));
    assert.match(complained, /is of restante server --dev, which has no organisations: name another with --data/);
  }
  // Killed before the store was there.
  rmSync(join(data, "server", "store.sqlite"));
  rmSync(join(data, "server", "store.reserve"), { force: true });
  rmSync(join(data, "server", "store.sqlite-wal"), { force: true });
  await started(t, /Ready/, "server", "--dev", "--port", "0", "--data", data);
});
