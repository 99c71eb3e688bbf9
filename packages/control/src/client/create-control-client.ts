import { ControlError } from "../control-error.ts";
import type { Control, ControlEvent } from "../control.ts";
import { formatDuration, parseDuration } from "../duration.ts";
import { EVENTS_PATH } from "../event-stream.ts";
import { operations } from "../operations.ts";
import type { AnswerOf, InputOf, OperationName } from "../operations/operation.ts";
import { type Access, interrupted, open, readJson } from "./open.ts";
import { type ControlPlace, readPlace } from "./place.ts";
import { readEvents } from "./read-events.ts";

export type ControlClientOptions = ControlPlace & {
  /** What the listener asks for: the content of the file that `control.json` in the server's data folder names. */
  readonly token: string;
  /** The file that the token was read from, to be named when it is refused. */
  readonly tokenFile?: string;
  /** Ends everything that this client has asked for. */
  readonly signal?: AbortSignal;
};

/** What every verb of the client takes beside its input. */
interface Asking {
  readonly signal?: AbortSignal;
}

type Verb<Name extends OperationName> = (input?: InputOf<Name>, asking?: Asking) => Promise<AnswerOf<Name>>;

/** Longer than the work of any verb, a clock moved on by a year included. A wait has it on top of its own time. */
const PATIENCE_MS = 600_000;

/**
 * Control of a development server over HTTP or its socket. Every verb takes `{ signal }` after its input. A client holds
 * nothing open and needs no closing.
 *
 * @throws {ControlError} `input-invalid` if place or token is none. Each verb: the code that the server refused with;
 *   `unreachable` with what to check
 * @example
 * const control = createControlClient({ url: "http://127.0.0.1:8701", token });
 * await control.faults.next({ at: "send", do: "lose-answer" });
 * const { messages } = await control.messages.wait({ mailbox: "X26ABC1", count: 3, within: "30s" });
 */
export function createControlClient(options: ControlClientOptions): Control {
  const { token, tokenFile } = options;
  if (!/^[\u0021-\u007E]+$/.test(token)) {
    throw new ControlError("input-invalid", "a token of a control is one line of visible characters, without blanks");
  }
  const access: Access = { target: readPlace(options), token, tokenFile };
  const verb = <Name extends OperationName>(name: Name): Verb<Name> => {
    return async (input, { signal } = {}) => await ask(access, name, input, [options.signal, signal]);
  };
  return {
    messages: {
      list: verb("messages.list"),
      peek: verb("messages.peek"),
      inject: verb("messages.inject"),
      report: verb("messages.report"),
      wait: verb("messages.wait"),
      expectNone: verb("messages.expectNone"),
      putBack: verb("messages.putBack"),
    },
    mailboxes: {
      list: verb("mailboxes.list"),
      close: verb("mailboxes.close"),
      open: verb("mailboxes.open"),
    },
    faults: {
      list: verb("faults.list"),
      add: verb("faults.add"),
      next: verb("faults.next"),
      clear: verb("faults.clear"),
    },
    clock: { read: verb("clock.read"), advance: verb("clock.advance") },
    demographics: { read: verb("demographics.read"), move: verb("demographics.move") },
    snapshots: {
      list: verb("snapshots.list"),
      save: verb("snapshots.save"),
      restore: verb("snapshots.restore"),
      remove: verb("snapshots.remove"),
    },
    reset: verb("reset"),
    events: ({ names } = {}, { signal } = {}) => events(access, names, [options.signal, signal]),
  };
}

async function ask<Name extends OperationName>(
  access: Access,
  name: Name,
  input: InputOf<Name> | undefined,
  signals: readonly (AbortSignal | undefined)[],
): Promise<AnswerOf<Name>> {
  const patience = PATIENCE_MS + waitOf(input);
  const timeUp = AbortSignal.timeout(patience);
  const signal = anyOf([...signals, timeUp]);
  try {
    const body = JSON.stringify(input ?? {});
    const response = await open(access, { method: "POST", path: operations[name].path, body, signal });
    return (await readJson(access, response, signal)) as AnswerOf<Name>;
  } catch (error) {
    if (error !== timeUp.reason || !timeUp.aborted) throw error;
    const text = `${access.target.named} has not answered within ${formatDuration(patience)}`;
    throw new ControlError("unreachable", text, { retry: "ambiguous" });
  }
}

/** How long the server is asked to wait. What is none is for the server to refuse. */
function waitOf(input: object = {}): number {
  if (!("within" in input) || typeof input.within !== "string") return 0;
  try {
    return parseDuration(input.within);
  } catch {
    return 0;
  }
}

/** The stream is open when this answers. It ends by a signal, when the loop over it is left, or with the server. */
async function events(
  access: Access,
  names: readonly string[] | undefined,
  signals: readonly (AbortSignal | undefined)[],
): Promise<AsyncIterable<ControlEvent>> {
  const left = new AbortController();
  const signal = anyOf([...signals, left.signal]);
  const query = names === undefined ? "" : `?names=${encodeURIComponent(names.join(","))}`;
  const opened = open(access, { method: "GET", path: `${EVENTS_PATH}${query}`, signal });
  await opened.catch((cause: unknown) => {
    if (!signal.aborted) throw cause;
  });
  return (async function* (): AsyncGenerator<ControlEvent> {
    try {
      yield* readEvents(await opened);
    } catch (cause) {
      if (signal.aborted) return;
      throw cause instanceof ControlError ? cause : interrupted(access.target, cause, signal);
    } finally {
      left.abort();
    }
  })();
}

function anyOf(signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined));
}
