// A sender: one letter after the other, each tried again as real clients do, at whichever node, and old tokens tried again.

import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";

import type { MessageId } from "@restante/mesh";
import { MeshClientError } from "@restante/mesh-client";
import { testToken, type TestRequest } from "@restante/testbed";

import type { Random } from "../../fuzz/random.ts";
import { chunkOf, drawLetter, type Letter } from "./letters.ts";
import { type Run, type Told, toldBy, toldIn } from "./run.ts";

const MOST_TRIES = 4;
const MOST_OLD = 40;

/** A request that was answered, to be tried again with its old token. */
interface Old {
  readonly letter: Letter;
  readonly turn: number;
  readonly token: string;
  readonly request: TestRequest;
}

/** Until told to stop. */
export async function sendLetters(run: Run, sender: string, pauseMs: number, over: AbortSignal): Promise<void> {
  const random = run.randomOf(sender);
  const olds: Old[] = [];
  let turn = 0;
  while (!over.aborted) {
    turn += 1;
    const letter = drawLetter(random, sender, turn);
    const { outcome, said } =
      letter.chunks === 1 && random.once(3)
        ? await sendAsWritten(run, sender, letter, turn, { random, olds })
        : await sendByClient(run, sender, letter, turn, random);
    if (olds.length > 0 && random.once(6)) await tryAgain(run, sender, random.pick(olds), random);
    // What was not done is done again, as another try; what was refused for good is not.
    const isAgain = outcome !== "done" && !/^(?:refused|4\d\d)/.test(said ?? "");
    await delay(random.below(2 * pauseMs) * (isAgain ? 4 : 1));
  }
}

async function sendByClient(run: Run, sender: string, letter: Letter, turn: number, random: Random): Promise<Told> {
  const node = random.below(run.nodes.length);
  const client = await run.client(sender, node);
  const { localId, headers, chunks } = letter;
  const body = chunkOf(localId);
  let messageId: MessageId | undefined;
  return record(run, { sender, letter, turn, node, token: randomUUID() }, async () => {
    try {
      const totalChunks = chunks > 1 ? chunks : undefined;
      ({ messageId } = await client.send({ ...headers, localId, body, totalChunks }));
      for (let number = 2; number <= chunks; number += 1) {
        await sendChunk(run, sender, random, messageId, { number, total: chunks, body });
      }
      return { outcome: "done", messageId };
    } catch (error) {
      const told = toldBy(error);
      // Of an upload that was begun it is not known whether its last chunk came.
      return messageId === undefined ? told : { ...told, outcome: "unknown" };
    }
  });
}

/** It may be sent twice, at any node. */
async function sendChunk(
  run: Run,
  sender: string,
  random: Random,
  messageId: MessageId,
  chunk: { number: number; total: number; body: Buffer },
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      const client = await run.client(sender, random.below(run.nodes.length));
      return await client.sendChunk(messageId, chunk);
    } catch (error) {
      if (tries === MOST_TRIES || !(error instanceof MeshClientError) || error.retry !== "safe") throw error;
      await delay(50);
    }
  }
}

/** With a token that is kept, for whole messages. One whose answer is lost comes again with it, at another node. */
async function sendAsWritten(
  run: Run,
  sender: string,
  letter: Letter,
  turn: number,
  { random, olds }: { random: Random; olds: Old[] },
): Promise<Told> {
  const token = testToken(run.nodes[0]!, sender);
  const request: TestRequest = {
    method: "POST",
    path: `/messageexchange/${sender}/outbox`,
    headers: {
      authorization: token,
      accept: "application/vnd.mesh.v2+json",
      "content-type": "application/octet-stream",
      "mex-from": sender,
      "mex-to": letter.headers.to,
      "mex-workflowid": letter.headers.workflowId,
      "mex-localid": letter.localId,
    },
    body: chunkOf(letter.localId),
  };
  const old: Old = { letter, turn, token, request };
  const told = await tryAgain(run, sender, old, random);
  if (told.outcome === "unknown") return tryAgain(run, sender, old, random);
  if (told.outcome === "done") olds.push(old);
  if (olds.length > MOST_OLD) olds.shift();
  return told;
}

function tryAgain(run: Run, sender: string, { letter, turn, token, request }: Old, random: Random): Promise<Told> {
  const node = random.below(run.nodes.length);
  return record(run, { sender, letter, turn, node, token }, () => toldIn(run.ask(sender, node, request)));
}

async function record(
  run: Run,
  { letter, ...what }: { sender: string; letter: Letter; turn: number; node: number; token: string },
  act: () => Promise<Told>,
): Promise<Told> {
  const { localId, to, isDirect } = letter;
  const from = run.now();
  const told = await act();
  const place = { localId, ...(to !== undefined && { to }), isDirect };
  run.history.push({ what: "sent", from, until: run.now(), ...what, ...place, ...told });
  return told;
}
