import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { errorWords, MeshClientError } from "@restante/mesh-client";
import { answer, breakOff, clientOf, startFaultyPeer } from "./faulty-peer.ts";

const message = { to: "Y90002OT001", workflowId: "RESTANTE_TEST", body: "x" };

test("every error says what to do; after a send that may have arrived, to find out before it is sent again", async (t) => {
  const peer = await startFaultyPeer(t, [answer(417), breakOff, answer(202, "{}"), answer(410)]);
  const client = await clientOf(t, peer.url);
  const remedyOf = async (call: Promise<unknown>): Promise<string> => {
    const error: unknown = await call.catch((error: unknown) => error);
    assert.ok(error instanceof MeshClientError);
    return error.remedy;
  };
  assert.equal(await remedyOf(client.send(message)), errorWords.refused.remedy);
  assert.match(await remedyOf(client.send(message)), /^It may have been accepted: find out/);
  assert.match(await remedyOf(client.send(message)), /^It was accepted: do not send it again/);
  assert.equal(await remedyOf(client.count()), errorWords.gone.remedy);
});

test("the README has each code, with what happened, whether it may be made again, and what to do", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const cells = (line: string): string[] => line.split("|").map((cell) => cell.trim());
  const rows = readme.split("\n").flatMap((line) => {
    const [, code, what, retry, remedy] = cells(line);
    return /^`[a-z-]+`$/.test(code ?? "") && remedy !== undefined ? [[code, what, retry, remedy]] : [];
  });
  const expected = Object.entries(errorWords).map(([code, { what, retry, remedy }]) => [
    `\`${code}\``,
    what,
    retry.join(", "),
    remedy,
  ]);
  assert.deepEqual(rows, expected);
});
