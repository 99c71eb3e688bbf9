import type { StepPlace } from "./scenario.ts";

/** What is told while a scenario runs, for a terminal, a log of lines or a test. */
export type ScenarioNews =
  /** `words`: the step and what it takes, without texts that may be a patient's. */
  | { readonly news: "begun"; readonly place: StepPlace; readonly words: string }
  /** To the person, or the test, that has the client in hand. */
  | { readonly news: "said"; readonly place: StepPlace; readonly words: string }
  | { readonly news: "repeated"; readonly place: StepPlace; readonly done: number; readonly of: number }
  | { readonly news: "done"; readonly place: StepPlace; readonly tookMs: number }
  | { readonly news: "failed"; readonly place: StepPlace; readonly tookMs: number; readonly words: string }
  /** Of `finally`: what it refers to was never kept, or is gone already. */
  | { readonly news: "passed-over"; readonly place: StepPlace };

/** Parts of an input that say what a step is about, and never hold a patient's detail. */
const told: ReadonlySet<string> = new Set(
  "at by code count do for from keep level mailbox name state status times to type unreadable verdict within workflowId".split(
    " ",
  ),
);

/** `messages.wait: mailbox X26ABC2, within 2m` */
export function wordsOf(does: string, input: object): string {
  const parts = Object.entries(input).filter(([name, value]) => told.has(name) && typeof value !== "object");
  const words = parts.map(([name, value]) => (value === true ? name : `${name} ${String(value)}`)).join(", ");
  return words === "" ? does : `${does}: ${words}`;
}
