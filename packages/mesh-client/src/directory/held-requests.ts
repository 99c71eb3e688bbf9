// How a command decides about held pairs while a directory client has the folder, on this machine or on another: by files in
// `.restante/decisions`, each written whole.
//
//   ID.json --the client renames it--> ID.taken --it is done--> ID.answer --the command has read it--> removed
//      '--nobody took it in time, the command removes it--> nothing was decided
//
// A rename or a removal of ID.json is won by one of the two, so a command that gave up knows whether it may yet be done. Killed
// with ID.taken there, the client does it again at its next start: what was done by then is not held any more, and the answer
// says so. A client that is told anything it cannot read answers that, and does nothing.

import { randomUUID } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { exists, isMissing, makeFolder, nowAndThen, removeFile, renameFile, writeWhole } from "@restante/durable";
import type { DirectoryContext } from "./context.ts";
import { decideHeld, type HeldDecision, type HeldOutcome } from "./held-decision.ts";
import type { Wake } from "./wake.ts";

const folderName = "decisions";
/** A share tells nobody of a new file. */
const lookEveryMs = 2000;
const answerEveryMs = 100;
const request = /^([0-9a-f-]{36})\.(json|taken)$/;

/** What a running client answered: an outcome for each pair, or why there is none. */
export type HeldAnswer =
  | { readonly is: "answered"; readonly outcomes: readonly HeldOutcome[] }
  | { readonly is: "refused"; readonly reason: string }
  /** Nobody took it in time, and nothing was decided. */
  | { readonly is: "not-taken" }
  /** It was taken, and no answer came in time: it is being done. */
  | { readonly is: "taken" };

/**
 * Asks the client that has the folder, and waits for its answer for so long.
 *
 * @throws what the operating system says, where the folder cannot be written
 */
export async function askToDecide(
  folder: string,
  decision: HeldDecision,
  { waitMs = 30_000, signal }: { readonly waitMs?: number; readonly signal?: AbortSignal } = {},
): Promise<HeldAnswer> {
  const decisions = join(folder, ".restante", folderName);
  if (!(await exists(decisions))) await makeFolder(decisions);
  const id = randomUUID();
  const answer = join(decisions, `${id}.answer`);
  await writeWhole(decisions, `${id}.json`, JSON.stringify({ formatVersion: 1, ...decision }));
  const end = performance.now() + waitMs;
  for (;;) {
    const found = await readAnswer(answer);
    if (found !== undefined) return found;
    if (performance.now() >= end || signal?.aborted === true) break;
    await delay(answerEveryMs, undefined, { signal }).catch(() => undefined);
  }
  if (await isRemoved(join(decisions, `${id}.json`))) return { is: "not-taken" };
  return (await readAnswer(answer)) ?? { is: "taken" };
}

async function readAnswer(path: string): Promise<HeldAnswer | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  await rm(path, { force: true });
  return JSON.parse(text) as HeldAnswer;
}

async function isRemoved(path: string): Promise<boolean> {
  try {
    await removeFile(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function answerAll(context: DirectoryContext, decisions: string): Promise<void> {
  for (const name of await namesIn(decisions)) {
    const [, id] = request.exec(name) ?? [];
    if (id === undefined) continue;
    const taken = `${id}.taken`;
    if (name !== taken && !(await isRenamed(join(decisions, name), join(decisions, taken)))) continue;
    const answer = await answerTo(context, join(decisions, taken));
    try {
      await writeWhole(decisions, `${id}.answer`, JSON.stringify(answer));
    } finally {
      // It is done, whether anybody hears of it or not.
      await rm(join(decisions, taken), { force: true });
    }
  }
}

/** What is asked of one client. */
export interface Requests extends Disposable {
  /** Looks every 2 seconds from now on. */
  watch(): void;
  /** Answers all that was seen. To be called where no poll goes on. Trouble with it is told as a poll's. */
  answer(context: DirectoryContext): Promise<void>;
}

/**
 * Sees what is there at a start. An idle poll looks at nothing: what comes later is seen by the watch, which wakes the client. An
 * answer that nobody has read by the next start is read by nobody.
 */
export async function openRequests(hidden: string, wake: Wake): Promise<Requests> {
  const decisions = join(hidden, folderName);
  const found = await namesIn(decisions);
  for (const name of found) {
    if (!request.test(name)) await rm(join(decisions, name), { recursive: true, force: true });
  }
  let isAsked = found.some((name) => request.test(name));
  /** For which it was woken: what cannot be done now is tried again at the next poll, and is no reason for one. */
  const seen = new Set(found);
  let isLooking = false;
  let stopLooking: (() => void) | undefined;

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      const asked = (await namesIn(decisions)).filter((name) => request.test(name) && name.endsWith(".json"));
      const isNew = asked.some((name) => !seen.has(name));
      seen.clear();
      for (const name of asked) seen.add(name);
      if (!isNew) return;
      isAsked = true;
      wake.wake();
    } catch {
      // A folder that cannot be read is told of by the polls.
    } finally {
      isLooking = false;
    }
  }

  return {
    watch: () => void (stopLooking ??= nowAndThen(lookEveryMs, () => void look())),
    async answer(context) {
      if (!isAsked) return;
      isAsked = false;
      try {
        await answerAll(context, decisions);
      } catch (error) {
        isAsked = true;
        context.troubles.met(error);
      }
    },
    [Symbol.dispose]: () => stopLooking?.(),
  };
}

async function answerTo(context: DirectoryContext, path: string): Promise<HeldAnswer> {
  const decision = readRequest(await readFile(path, "utf8"));
  if (decision === undefined)
    return { is: "refused", reason: "what was asked cannot be read: is it of another version?" };
  try {
    return { is: "answered", outcomes: await decideHeld(context, decision) };
  } catch (error) {
    return { is: "refused", reason: context.troubles.met(error).message };
  }
}

function readRequest(text: string): HeldDecision | undefined {
  let asked: Partial<HeldDecision & { formatVersion: number }> | null;
  try {
    asked = JSON.parse(text) as typeof asked;
  } catch {
    return undefined;
  }
  if (typeof asked !== "object" || asked?.formatVersion !== 1) return undefined;
  const { verdict, pairs, by } = asked;
  const isVerdict = verdict === "release" || verdict === "arrived" || verdict === "discard";
  if (!isVerdict || !Array.isArray(pairs) || typeof by !== "string") return undefined;
  if (!pairs.every((pair) => typeof pair === "string")) return undefined;
  return { verdict, pairs, by: by.slice(0, 200) };
}

/** False if it was withdrawn before. */
async function isRenamed(from: string, to: string): Promise<boolean> {
  try {
    await renameFile(from, to);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function namesIn(decisions: string): Promise<string[]> {
  try {
    return await readdir(decisions);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
