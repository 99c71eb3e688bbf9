// Control, put together: what each part of a server for development can be told, each verb held against its schema first, in
// process as over HTTP.

import {
  checkInput,
  type Control,
  type ControlClock,
  type ControlDemographics,
  ControlError,
  type ControlFaults,
  type ControlSnapshots,
  type OperationName,
  operations,
  verbOf,
} from "@restante/control";

import type { Context } from "../context.ts";
import type { Operator } from "../operator.ts";
import { controlEvents } from "./control-events.ts";
import type { EventFeed } from "./event-feed.ts";
import { inWordsOfControl } from "./in-words-of-control.ts";
import { createMailboxes } from "./mailboxes.ts";
import { createMessages } from "./messages.ts";
import { createWaits } from "./waits.ts";

export interface ControlParts {
  readonly serving: { readonly context: Context; readonly operator: Operator };
  /** Of the events that the server was given to emit to. */
  readonly feed: EventFeed;
  readonly faults: ControlFaults;
  readonly clock: ControlClock;
  readonly demographics: ControlDemographics;
  readonly snapshots: ControlSnapshots;
  readonly reset: Control["reset"];
}

export interface OwnedControl {
  readonly control: Control;
  /** Ends waits and streams of events, and answers nothing more. What was asked before goes on to its end. */
  close(): void;
}

export function createControl({ serving, feed, ...parts }: ControlParts): OwnedControl {
  const { context, operator } = serving;
  const closing = new AbortController();
  const waits = createWaits(context, feed);
  const unchecked = {
    ...parts,
    messages: createMessages(context, operator, waits),
    mailboxes: createMailboxes(context, operator),
  };
  return {
    control: {
      ...checked(unchecked, closing.signal),
      events: async ({ names } = {}, { signal } = {}) =>
        controlEvents(feed, context.realTime, {
          names,
          closing: closing.signal,
          ...(signal !== undefined && { signal }),
        }),
    },
    close() {
      closing.abort();
      waits.close();
    },
  };
}

type Verb = (input: unknown, options?: { signal?: AbortSignal }) => Promise<unknown>;

/**
 * Every verb, refusing what is none of its input, and everything once it closes: its folder may be another server's by then,
 * where faults and a clock must not be written over that one's.
 */
function checked(control: Omit<Control, "events">, closing: AbortSignal): Omit<Control, "events"> {
  const found: Record<string, Verb | Record<string, Verb>> = {};
  for (const name of Object.keys(operations) as OperationName[]) {
    const [group, verb] = name.split(".") as [string, string?];
    const call = verbOf(control, name);
    const check: Verb = (input, options) =>
      inWordsOfControl(async () => {
        if (closing.aborted) throw new ControlError("unreachable", "The server is closing.");
        return call(checkInput(name, input), options);
      });
    if (verb === undefined) found[group] = check;
    else found[group] = { ...(found[group] as Record<string, Verb> | undefined), [verb]: check };
  }
  return found as unknown as Omit<Control, "events">;
}
