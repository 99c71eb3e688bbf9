// The faults that stand, and which of them are done to what comes.
//
//   standing   from `add` on. Each request that fits draws, if the fault has a probability, from the fault's own numbers.
//   used up    done as often as was asked: nothing meets it any more. It is listed while a request waits because of it, or
//              is about to, so that it can be let go.
//   cleared    gone, and what hangs of it is let go.
// To one request at most one of each kind is done, the older; and none that another makes pointless: what is cut off has no
// content type. Only what is done is counted.

import {
  ControlError,
  type ControlFaults,
  type Fault,
  type FaultEffect,
  parseDuration,
  type StandingFault,
} from "@restante/control";
import { type Emit, type MailboxId, type MessageId, parseMailboxId } from "@restante/mesh";

import type { Message } from "../message.ts";
import { checkFault, type FaultLimits } from "./check-fault.ts";
import { type EffectName, isDoneAt, type RequestPoint } from "./effects.ts";
import { type Seeded, seeded } from "./seeded.ts";

const MOST_FAULTS = 1000;
const DEFAULT_SEED = 1;

export interface FaultsOptions extends FaultLimits {
  /** Told of each that is done. */
  emit: Emit;
}

/** A fault that is to be done now. */
export interface TakenFault {
  readonly faultId: string;
  readonly effect: FaultEffect;
  /** Of a delay: how long. */
  readonly delayMs: number;
  /** When it is cleared. */
  readonly cleared: AbortSignal;
  /** To be called when what it is done to is over, or waits no more. */
  letGo(): void;
}

export type Taken = ReadonlyMap<EffectName, TakenFault>;

export interface Faults {
  readonly control: ControlFaults;
  /** Whether there is any: nearly always there is none, and then nothing need be asked of a request. */
  anyStands(): boolean;
  /**
   * What is to be done to this request, or to this question to demographics. `mailboxId`: only one that there is. `never`:
   * what cannot be done to this one, though it can at its point.
   */
  at(point: RequestPoint | "demographics", mailboxId?: MailboxId, never?: EffectName): Taken;
  /** What is to be done to this new TLS connection. */
  atConnection(): Taken;
  /** Of each upload that is to be accepted twice: its second message. */
  readonly twins: Map<MessageId, Message>;
  readonly part: {
    /** All that stands, as plain JSON. */
    save(): SavedFaults;
    /** @throws {ControlError} it is not what was saved, or one of them cannot stand on this server */
    check(value: unknown): void;
    /** Puts what was saved in the place of what stands, which is cleared. @throws {ControlError} as `check` */
    load(value: unknown): void;
  };
}

export interface SavedFaults {
  /** How many were ever added: ids are not given again. */
  readonly added: number;
  readonly standing: readonly { fault: Fault; faultId: string; done: number; drawn: number }[];
}

const ofAnswer = ["mixed-case", "content-type", "truncate", "dribble"] as const;
const ofService = ["token-clock", "deliver-twice", "lose-answer"] as const;

/** The first of each leaves nothing to do for the others; in this order, as one that is not done makes nothing pointless. */
const pointless: readonly (readonly [EffectName, readonly EffectName[]])[] = [
  ["hang", ["reset", "status", ...ofService, ...ofAnswer]],
  ["reset", ["status", ...ofService, ...ofAnswer]],
  ["status", ofService],
  ["lose-answer", ofAnswer],
];

/** What a request waits for. */
const waiting: ReadonlySet<EffectName> = new Set(["delay", "hang", "dribble"]);

interface Standing {
  readonly fault: Fault;
  readonly faultId: string;
  readonly numbers: Seeded;
  readonly cleared: AbortController;
  done: number;
  held: number;
}

/** No fault stands yet. */
export function createFaults({ emit, ...limits }: FaultsOptions): Faults {
  /** By id, the oldest first. */
  const standing = new Map<string, Standing>();
  let added = 0;

  function add(fault: Fault): StandingFault {
    checkFault(fault, limits);
    if (standing.size >= MOST_FAULTS) {
      throw new ControlError("not-possible", `${MOST_FAULTS} faults stand already: clear some`);
    }
    added += 1;
    const faultId = `fault-${added}`;
    const made = stand({ fault: asKept(fault), faultId, done: 0 }, seeded(fault.seed ?? DEFAULT_SEED));
    return asTold(made);
  }

  function stand({ fault, faultId, done }: Pick<Standing, "fault" | "faultId" | "done">, numbers: Seeded): Standing {
    const made = { fault, faultId, done, numbers, cleared: new AbortController(), held: 0 };
    standing.set(faultId, made);
    return made;
  }

  function take(fits: (fault: Fault) => boolean): Standing[] {
    const found = new Map<EffectName, Standing>();
    for (const one of standing.values()) {
      if (isUsedUp(one) || !fits(one.fault)) continue;
      const { probability = 1 } = one.fault;
      if (probability < 1 && one.numbers.next() >= probability) continue;
      if (!found.has(one.fault.do)) found.set(one.fault.do, one);
    }
    for (const [effect, others] of pointless) {
      if (found.has(effect)) for (const other of others) found.delete(other);
    }
    return [...found.values()];
  }

  function begin(one: Standing): TakenFault {
    one.done += 1;
    let waits = waiting.has(one.fault.do);
    if (waits) one.held += 1;
    forgetIfOver(one);
    return {
      faultId: one.faultId,
      effect: one.fault,
      delayMs: delayOf(one),
      cleared: one.cleared.signal,
      letGo() {
        if (waits) one.held -= 1;
        waits = false;
        forgetIfOver(one);
      },
    };
  }

  function forgetIfOver(one: Standing): void {
    // Of its id there may be another by now, which was loaded.
    if (isUsedUp(one) && one.held === 0 && standing.get(one.faultId) === one) standing.delete(one.faultId);
  }

  function done(at: Fault["at"], taken: readonly Standing[], mailboxId?: MailboxId): Taken {
    for (const { faultId, fault } of taken) {
      emit({ event: "fault-done", faultId, at, do: fault.do, ...(mailboxId !== undefined && { mailboxId }) });
    }
    return new Map(taken.map((one) => [one.fault.do, begin(one)]));
  }

  function clear(faultId?: string): number {
    const found = [...standing.values()].filter((one) => faultId === undefined || one.faultId === faultId);
    if (faultId !== undefined && found.length === 0) {
      throw new ControlError("fault-unknown", "faultId: no such fault stands");
    }
    for (const one of found) {
      standing.delete(one.faultId);
      one.cleared.abort();
    }
    return found.length;
  }

  return {
    control: {
      list: async () => ({ faults: [...standing.values()].map(asTold) }),
      add: async (fault) => add(fault),
      next: async (fault) => add({ ...fault, times: fault.times ?? 1 }),
      clear: async ({ faultId } = {}) => ({ cleared: clear(faultId) }),
    },
    anyStands: () => standing.size > 0,
    at(point, mailboxId, never) {
      if (standing.size === 0) return nothingTaken;
      const fits = (fault: Fault): boolean =>
        fault.do !== never && isDoneAt(fault, point) && (fault.mailbox === undefined || fault.mailbox === mailboxId);
      return done(point, take(fits), mailboxId);
    },
    atConnection() {
      if (standing.size === 0) return nothingTaken;
      return done(
        "any",
        take((fault) => fault.do === "expire-certificate"),
      );
    },
    twins: new Map(),
    part: {
      save: () => ({
        added,
        standing: [...standing.values()]
          .filter((one) => !isUsedUp(one))
          .map(({ fault, faultId, done: times, numbers }) => ({ fault, faultId, done: times, drawn: numbers.state })),
      }),
      check: (value) => void readSaved(value, limits),
      load(value) {
        const saved = readSaved(value, limits);
        clear();
        added = Math.max(added, saved.added);
        for (const { drawn, ...one } of saved.standing) stand(one, seeded(drawn));
      },
    },
  };
}

export const nothingTaken: Taken = new Map();

function isUsedUp({ fault, done }: Standing): boolean {
  return fault.times !== undefined && done >= fault.times;
}

/** A copy: what its caller does to the one it gave changes nothing here. */
function asKept(fault: Fault): Fault {
  return { ...fault, ...(fault.mailbox !== undefined && { mailbox: parseMailboxId(fault.mailbox) }) };
}

function asTold({ fault, faultId, done }: Standing): StandingFault {
  return { ...fault, faultId, done };
}

function delayOf({ fault, numbers }: Standing): number {
  if (fault.do !== "delay") return 0;
  const least = parseDuration(fault.for);
  const most = fault.to === undefined ? least : parseDuration(fault.to);
  return most === least ? least : Math.round(least + numbers.next() * (most - least));
}

function readSaved(value: unknown, limits: FaultLimits): SavedFaults {
  if (value === undefined) return { added: 0, standing: [] };
  const { added, standing } = (value ?? {}) as Partial<SavedFaults>;
  if (!Number.isSafeInteger(added) || !Array.isArray(standing) || !standing.every(isSaved)) {
    throw new ControlError("not-possible", "the faults: it is no list of them");
  }
  for (const { fault } of standing) checkFault(fault, limits);
  return value as SavedFaults;
}

function isSaved(value: unknown): value is SavedFaults["standing"][number] {
  if (typeof value !== "object" || value === null) return false;
  const { faultId, done, drawn } = value as Record<string, unknown>;
  return typeof faultId === "string" && Number.isSafeInteger(done) && Number.isSafeInteger(drawn);
}
