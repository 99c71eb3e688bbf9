// Of every rule, in every kind of message that it is asked of: whether a case breaks it, and whether one keeps it. The cases
// are valid messages changed in one place. What a rule says is taken from it as the check asks it.
import { type Bundle, check, type CheckOptions, type CheckResult, messageOf } from "@restante/itk3";
import { placesOf } from "../../src/check/locate.ts";
import { type Breach, type Kind, requirementId, type Rule } from "../../src/check/rule.ts";
import { rules } from "../../src/check/rules.ts";
import { additionsTo } from "./additions.ts";
import { soundCases } from "./every-case.ts";
import { type GuessCase, guessCases, type Guessed } from "./guess-cases.ts";
import { idsOf } from "./ids-of.ts";
import { mutantsOf } from "./mutate.ts";
import { type Subject, subjects } from "./subjects.ts";

const kinds: readonly Kind[] = [
  { generation: 1, useCase: "consultation-summary" },
  { generation: 1, useCase: "online-consultation" },
  { generation: 1, useCase: "generic" },
  // Only 1.x has requirements for a response.
  { generation: 1, useCase: "response" },
  { generation: 2, useCase: "consultation-summary" },
  { generation: 2, useCase: "online-consultation" },
  { generation: 2, useCase: "generic" },
];

/** A rule as it is asked of one kind of message. */
export interface Asked {
  rule: Rule;
  kind: Kind;
  id: string;
  broken: boolean;
  kept: boolean;
}

/** What rules say while a message is checked, be it told or said by another rule (docs/decisions/197-one-cause-one-finding.md). */
type Hold = (bundle: Bundle, options: CheckOptions) => ReadonlyMap<Rule, readonly Breach[]>;

/** Every rule in every kind of message, by what the cases come to. `look` sees what is found in each. */
export function everyRule(look: (result: CheckResult) => void): Asked[] {
  const asked = rules.flatMap((rule) =>
    kinds.flatMap((kind) => {
      const id = requirementId(rule, kind.generation, kind.useCase);
      return id === undefined ? [] : [{ rule, kind, id, broken: false, kept: false }];
    }),
  );
  const hold = listening(look);
  for (const subject of subjects()) {
    breakInOnePlace(subject, asked, hold);
    comeNear(subject, asked, hold);
  }
  for (const one of guessCases) guess(one, asked, hold);
  return asked;
}

/** A case breaks a rule that lets the message pass as it was. It shows that too where the message has what the rule looks at. */
function breakInOnePlace({ bundle, options }: Subject, asked: readonly Asked[], hold: Hold): void {
  const byRule = Map.groupBy(asked, ({ rule }) => rule);
  const before = new Map(kinds.map((kind) => [kind, hold(bundle, { ...options, ...kind })]));
  const take = (value: Bundle, held: CheckOptions): void => {
    const first = hold(value, held);
    const met = Array.from(first.keys(), (rule) => byRule.get(rule) ?? []).flat();
    const open = met.filter(({ broken, kept }) => !broken || !kept);
    // The message as one of another kind: what is asked there and here is broken and kept in the same way.
    for (const [kind, ones] of Map.groupBy(open, (one) => one.kind)) {
      const isOwn = kind.generation === held.generation && kind.useCase === held.useCase;
      const breached = isOwn ? first : hold(value, { ...held, ...kind });
      for (const one of ones) {
        const breaches = breached.get(one.rule);
        if (breaches === undefined || before.get(kind)?.has(one.rule) === true) continue;
        one.broken = true;
        one.kept ||= stoodBefore(bundle, value, breaches);
      }
    }
  };
  for (const { value } of mutantsOf(bundle)) take(value, options);
  for (const value of additionsTo(bundle)) take(value, options);
  for (const held of envelopesNear(options)) take(bundle, held);
}

/** The cases that come near a rule and keep it, by its id. */
function comeNear({ bundle, options }: Subject, asked: readonly Asked[], hold: Hold): void {
  for (const [id, , change] of soundCases) {
    const open = asked.filter((one) => one.id === id && !one.kept);
    const message = open.length === 0 ? undefined : messageOf(structuredClone(bundle));
    if (message === undefined) continue;
    change(message);
    if (JSON.stringify(message.bundle) === JSON.stringify(bundle)) continue;
    for (const one of open) one.kept = !hold(message.bundle, { ...options, ...one.kind }).has(one.rule);
  }
}

/** Where a rule guesses, it does so by messages of their own, and of whatever kind they are told to be. */
function guess({ id, guessed, sure }: GuessCase, asked: readonly Asked[], hold: Hold): void {
  for (const one of asked) {
    if (one.id !== id) continue;
    const isFound = ([, bundle, options = {}]: Guessed): boolean => hold(bundle, options).has(one.rule);
    one.broken ||= guessed.some(isFound);
    one.kept ||= !sure.every(isFound);
  }
}

/** Checks, and listens to what the rules say. */
function listening(look: (result: CheckResult) => void): Hold {
  let breached = new Map<Rule, readonly Breach[]>();
  for (const rule of rules) {
    const { breaches } = rule;
    rule.breaches = (context) => {
      const found = breaches(context);
      if (found.length > 0) breached.set(rule, found);
      return found;
    };
  }
  return (bundle, options) => {
    breached = new Map();
    const message = messageOf(bundle);
    if (message !== undefined) look(check(message, options));
    return breached;
  };
}

/** The same with one word of the envelope another. */
function* envelopesNear(options: Subject["options"]): Generator<CheckOptions> {
  const { envelope, generation } = options;
  if (envelope === undefined) return;
  for (const field of ["from", "to", "workflowId", "subject", "localId"] as const) {
    yield { ...options, envelope: { ...envelope, [field]: "GPPROVIDER_x" } };
  }
  const workflowId = generation === 1 ? "GPCONNECT_SEND_DOCUMENT" : "GPFED_CONSULT_REPORT";
  yield { ...options, envelope: { ...envelope, workflowId } };
}

/** Whether an element that is found broken is one that the message had before: the rule looked at it, and let it pass. */
function stoodBefore(original: Bundle, changed: Bundle, breaches: readonly Breach[]): boolean {
  const places = placesOf(
    changed,
    "Bundle",
    breaches.map(({ element }) => element),
  );
  return breaches.some(({ element }) => {
    const place = places.get(element);
    // Of the envelope, which stands in no bundle. An extension that is one too many is its holder's.
    return place === undefined || at(original, place.replace(/(?:\.extension\[\d+\])+$/, "")) !== undefined;
  });
}

function at(bundle: Bundle, place: string): unknown {
  const keys = place.match(/[^.[\]]+/g)?.slice(1) ?? [];
  return keys.reduce<unknown>((held, key) => (held as Record<string, unknown> | undefined)?.[key], bundle);
}

/**
 * What must hold for a requirement to count as shown by rules, by its id: of each rule that goes by it, every kind of message
 * in which a finding would have that id, or, where another number of the rule comes before it, every kind there is.
 */
export function byId(asked: readonly Asked[]): Map<string, Asked[]> {
  const ids = new Map<string, Asked[]>();
  for (const [rule, ones] of Map.groupBy(asked, (one) => one.rule)) {
    for (const id of new Set([...idsOf(rule), ...ones.map((one) => one.id)])) {
      const found = ones.filter((one) => one.id === id);
      ids.set(id, [...(ids.get(id) ?? []), ...(found.length > 0 ? found : ones)]);
    }
  }
  return ids;
}
