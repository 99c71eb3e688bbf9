import type { StandingFault } from "@restante/control";
import { visible } from "../../check/words.ts";
import type { Act } from "../../command-line/tree.ts";
import { columns } from "../../terminal/columns.ts";
import type { Paint } from "../../terminal/terminal.ts";
import { verb, type VerbValues } from "./verb.ts";

export const list: Act<VerbValues> = verb("faults.list", ({ faults }, { paint }) => table(faults, paint));

export const add: Act<VerbValues> = verb("faults.add", (fault, { paint }) => table([fault], paint), {
  words: { at: "AT", do: "WHAT" },
});

export const next: Act<VerbValues> = verb("faults.next", (fault, { paint }) => table([fault], paint), {
  words: { at: "AT", do: "WHAT" },
});

export const clear: Act<VerbValues> = verb("faults.clear", ({ cleared }) => [
  cleared === 1 ? "1 fault is cleared" : `${cleared} faults are cleared`,
]);

function table(faults: readonly StandingFault[], paint: Paint): string[] {
  if (faults.length === 0) return ["Nothing goes wrong."];
  const rows = faults.map(({ faultId, at, do: does, mailbox, times, done, probability, seed, ...effect }) => [
    faultId,
    at,
    `${does}${Object.entries(effect).map(shown).join("")}`,
    mailbox ?? "any mailbox",
    `${times === undefined ? "until it is cleared" : often(times)}${chance(probability, seed)}`,
    done === 0 ? "not yet" : often(done),
  ]);
  const [head = "", ...lines] = columns([["FAULT", "AT", "DOES", "MAILBOX", "HOW OFTEN", "DONE"], ...rows]);
  return [paint.bold(head), ...lines.map(visible)];
}

/** ` 503`, and then `, retry-after 5`: what comes first needs no name. */
function shown([name, value]: [string, unknown], index: number): string {
  if (index === 0) return ` ${String(value)}`;
  if (name === "to") return ` to ${String(value)}`;
  return `, ${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${String(value)}`;
}

function often(times: number): string {
  return times === 1 ? "once" : `${times} times`;
}

function chance(probability: number | undefined, seed = 1): string {
  return probability === undefined ? "" : `, with probability ${probability} (seed ${seed})`;
}
