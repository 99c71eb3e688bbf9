import { hostname, userInfo } from "node:os";
import { CodedError, type HeldVerdict } from "@restante/mesh";
import type { HeldDetails, HeldOutcome } from "@restante/mesh-client/directory";
import { visible } from "../check/words.ts";
import { type HeldSource, openHeld } from "../client/held-source.ts";
import type { Given } from "../command-line/tree.ts";
import { CliError } from "../errors.ts";
import { openLog } from "../log.ts";
import { columns } from "../terminal/columns.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { chosenMailboxes, type LookValues } from "./client-look.ts";
import { lookAtClient } from "./part.ts";

type JsonValues = LookValues & { readonly json: boolean };

export async function list({ options }: Given<JsonValues>, terminal: Terminal): Promise<number> {
  await using closing = new AsyncDisposableStack();
  const { sources, isPartial } = await openAll(options, terminal, closing);
  const all = sources.flatMap(pairsOf);
  if (options.json) {
    terminal.print(JSON.stringify({ formatVersion: 1, held: all.map(asJson) }, undefined, 2));
  } else if (all.length === 0) {
    if (!isPartial) terminal.print("No pair is held.");
  } else {
    const rows = all.map(({ source, held }) => [
      source.mailboxId,
      held.pair,
      visible(held.baseName),
      `to ${visible(held.to ?? "?")}`,
      `since ${held.since.toISOString()}`,
      held.state === "held" ? (held.reason ?? "") : "in doubt: MESH is asked at each poll",
    ]);
    for (const line of columns(rows)) terminal.print(line);
  }
  return isPartial ? 1 : 0;
}

export async function show({ options, words }: Given<JsonValues>, terminal: Terminal): Promise<number> {
  await using closing = new AsyncDisposableStack();
  const chosen = choose((await openAll(options, terminal, closing)).sources, words);
  if (options.json) {
    terminal.print(JSON.stringify({ formatVersion: 1, held: chosen.map(asJson) }, undefined, 2));
    return 0;
  }
  for (const one of chosen) {
    for (const line of columns(known(one))) terminal.print(visible(line));
    terminal.print("");
  }
  terminal.print(choices);
  return 0;
}

export async function release(given: Given<LookValues>, terminal: Terminal): Promise<number> {
  return decide("release", given, terminal);
}

export async function discard(
  given: Given<LookValues & { readonly arrived: boolean }>,
  terminal: Terminal,
): Promise<number> {
  return decide(given.options.arrived ? "arrived" : "discard", given, terminal);
}

async function decide(
  verdict: HeldVerdict,
  { options, words }: Given<LookValues>,
  terminal: Terminal,
): Promise<number> {
  await using closing = new AsyncDisposableStack();
  const { sources } = await openAll(options, terminal, closing);
  const chosen = choose(sources, words);
  const by = decider();
  let status = 0;
  for (const source of sources) {
    const pairs = chosen.filter((one) => one.source === source).map(({ held }) => held);
    if (pairs.length === 0) continue;
    const keys = pairs.map(({ key }) => key);
    let outcomes: readonly HeldOutcome[];
    try {
      outcomes = await source.decide(verdict, keys, by);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      // The others are of other clients.
      terminal.complain(error.message);
      status = 1;
      continue;
    }
    for (const [index, held] of pairs.entries()) {
      const outcome = outcomes[index] ?? { is: "trouble" };
      const isDone = outcome.is === "done" || outcome.is === "filing";
      if (!isDone) status = 1;
      const line = visible(`${held.baseName} (${held.pair}): ${wordsOf(outcome, verdict)}`);
      if (isDone) terminal.print(line);
      else terminal.complain(line);
    }
  }
  return status;
}

const done: Readonly<Record<HeldVerdict, string>> = {
  release: "released; it is sent again by the next poll",
  arrived: "ended as arrived; its files went the way of a pair that was sent",
  discard: "ended; its files are in FAILED, and a report is in IN",
};

function wordsOf({ is, reason }: HeldOutcome, verdict: HeldVerdict): string {
  switch (is) {
    case "done":
      return done[verdict];
    case "filing":
      return "ended; its files are moved as soon as their folder can be used";
    case "not-held":
      return "is not held any more, or was written again: nothing was done";
    case "gone":
      return "is not in OUT any more: nothing was done";
    case "trouble":
      return `could not be done now: ${reason ?? "its client did not say why"} restante client held list says how it stands`;
  }
}

interface Chosen {
  readonly source: HeldSource;
  readonly held: HeldDetails;
}

interface Opened {
  readonly sources: readonly HeldSource[];
  /** Of a mailbox that could not be looked into: it was said which, and why. The others are there. */
  readonly isPartial: boolean;
}

async function openAll(options: LookValues, terminal: Terminal, closing: AsyncDisposableStack): Promise<Opened> {
  const settings = await lookAtClient(options, terminal);
  const { file } = settings;
  const mailboxes = chosenMailboxes(settings, options.mailbox);
  // Where no client runs, this process does what one would, and tells of it where that would.
  const log = closing.use(openLog(file.log!));
  const emit = log.record.bind(log);
  const sources: HeldSource[] = [];
  for (const mailbox of mailboxes) {
    try {
      sources.push(await openHeld(file, mailbox, { closing, emit, signal: terminal.stop }));
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      terminal.complain(error.message);
    }
  }
  return { sources, isPartial: sources.length < mailboxes.length };
}

function pairsOf(source: HeldSource): Chosen[] {
  return source.pairs.map((held) => ({ source, held }));
}

/** One pair for each word, each once. Whatever is not clear, nothing is done. */
function choose(sources: readonly HeldSource[], words: readonly string[]): Chosen[] {
  const all = sources.flatMap(pairsOf);
  const chosen = new Set<Chosen>();
  const problems: string[] = [];
  for (const word of words) {
    const fitting = all.filter(({ held }) => held.baseName === word || held.pair === word);
    const [only] = fitting;
    if (only === undefined) problems.push(`no pair ${word} is held`);
    else if (fitting.length === 1) chosen.add(only);
    else
      problems.push(
        `${word} may be any of ${fitting.map(nameOf).join(", ")}: name it by the other of its two names, or its mailbox with --mailbox`,
      );
  }
  if (problems.length > 0) throw new CliError("input-unreadable", visible(`${problems.join("; ")}; nothing was done`));
  return [...chosen];
}

function nameOf({ source, held }: Chosen): string {
  return `${held.baseName} (${held.pair}) of ${source.mailboxId}`;
}

function known({ source, held }: Chosen): string[][] {
  return [
    ["pair", `${held.baseName} (${held.pair})`],
    ["mailbox", source.mailboxId],
    ...held.files.map((file) => ["file", file]),
    ["data", `${held.bytes} bytes`],
    ["to", held.to ?? "?"],
    ["workflow", held.workflowId ?? "?"],
    ["LocalId", held.localId ?? "none"],
    ["attempts", `${held.attempts} may have reached MESH; the last began ${held.startedAt?.toISOString() ?? "?"}`],
    held.state === "held"
      ? ["held", `since ${held.since.toISOString()}: no answer to a send came, and tracking did not settle it`]
      : ["in doubt", `since ${held.since.toISOString()}: no answer to a send came, and MESH is asked at each poll`],
    ...(held.state === "held" ? [["because", held.reason ?? "it is not known any more"]] : []),
    ...(held.messageId === undefined ? [] : [["message", held.messageId]]),
  ];
}

const choices = [
  "Ask the recipient, or MESH support by the time and size, whether it arrived. Then:",
  "  restante client held release PAIR             it did not arrive: it is sent again",
  "  restante client held discard --arrived PAIR   it arrived: its files go to SENT",
  "  restante client held discard PAIR             it is not to be sent again, arrived or not: FAILED, and a report in IN",
].join("\n");

function asJson({ source, held }: Chosen): object {
  const { key: _key, ...others } = held;
  return { mailboxId: source.mailboxId, ...others };
}

/** Who decides, for the log. */
function decider(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // A container may run as a user without a name.
    return `${process.getuid?.() ?? "somebody"}@${hostname()}`;
  }
}
