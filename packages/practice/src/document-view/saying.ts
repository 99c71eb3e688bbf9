// Puts what stands in an entry into words, whatever it is: what an entry says is known by its shape, so that nothing is left
// out because nobody thought of it. What cannot be said is noted by its name.
import { bounded, mostKept } from "../bounded.ts";
import type { Said } from "../document-view.ts";
import { type Held, isHeld, spaced, termOf, textIn } from "./term.ts";

/** Of a list within an entry so many are said; that there are more is noted. */
const mostInList = 50;
/** A thing within a thing within a thing. */
const mostWithin = 6;

/** What a thing that is referred to is called; undefined where that is not to be said, or not known. */
export type Called = (reference: Held) => string | undefined;

export class Saying {
  readonly #called: Called;
  /** The names of what could not be said. */
  readonly unsaid: Set<string> = new Set();

  constructor(called: Called) {
    this.#called = called;
  }

  /** What stands under a name, once or in a list. */
  say(name: string, value: unknown): Said[] {
    return this.#each(name, value).flatMap((one) => this.#one(name, one, 0) ?? []);
  }

  #each(name: string, value: unknown): unknown[] {
    if (!Array.isArray(value)) return [value];
    if (value.length > mostInList) this.unsaid.add(`${spaced(name)} (${value.length - mostInList} more)`);
    return value.slice(0, mostInList) as unknown[];
  }

  #one(name: string, value: unknown, within: number): Said | undefined {
    if (typeof value === "string") return isDate(value) ? { at: value } : saidText(value);
    if (typeof value === "number") return String(value);
    if (typeof value === "boolean") return value ? "yes" : "no";
    if (!isHeld(value)) return undefined;
    const said = this.#saidOf(value, within);
    if (said === undefined && Object.keys(value).length > 0) this.unsaid.add(spaced(name));
    return said;
  }

  #saidOf(value: Held, within: number): Said | undefined {
    if (isFile(value)) return undefined;
    if (typeof value["reference"] === "string") return this.#called(value);
    return this.#known(value) ?? (within < mostWithin ? this.#parts(value, within) : undefined);
  }

  /** The data types of FHIR, by the names that only they have. */
  #known(value: Held): Said | undefined {
    if ("coding" in value) return this.#noting(value, ["coding", "text"], wordOf(value));
    if ("numerator" in value || "denominator" in value) {
      const [above, below] = [value["numerator"], value["denominator"]].map(
        (part) => isHeld(part) && quantityWords(part),
      );
      return this.#noting(value, ["numerator", "denominator"], [above, below].filter(Boolean).join(" per "));
    }
    if (isRange(value)) return this.#noting(value, ["low", "high"], rangeWords(value));
    if (isPeriod(value)) return periodOf(value);
    if ("value" in value) return quantityWords(value);
    if ("code" in value && typeof value["code"] === "string") return wordOf(value);
    return undefined;
  }

  /** Says it, and the other parts that stand beside it. */
  #noting(value: Held, names: readonly string[], said: string | undefined): string | undefined {
    const rest = Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
    const beside = Object.keys(rest).length === 0 ? undefined : this.#parts(rest, mostWithin - 1);
    const all = [said, beside].filter((part) => part !== undefined && part !== "");
    return all.length === 0 ? undefined : bounded(all.join("; "), mostKept);
  }

  /** A part alone says what it is; of several each has its name before it, but for the text of the whole. */
  #parts(value: Held, within: number): string | undefined {
    const parts = Object.entries(value).flatMap(([name, part]) => {
      if (name === "id") return [];
      if (name === "extension") return this.#extensions(part, within + 1);
      if (name === "modifierExtension") return [];
      if (name.startsWith("_")) {
        this.unsaid.add(`${spaced(name.slice(1))} (extension)`);
        return [];
      }
      const said = this.#each(name, part).flatMap((one) => this.#one(name, one, within + 1) ?? []);
      if (said.length === 0) return [];
      const words = said.map(plain).join(", ");
      return [name === "text" ? words : `${spaced(name)}: ${words}`];
    });
    return parts.length === 0 ? undefined : bounded(parts.join("; "), mostKept);
  }

  #extensions(value: unknown, within: number): string[] {
    return this.#each("extension", value).flatMap((extension) => {
      const fact = this.extension(extension, within);
      return fact === undefined ? [] : [`${fact.what}: ${fact.said.map(plain).join(", ")}`];
    });
  }

  /** What an extension says, by the name that its address ends with. */
  extension(value: unknown, within = 0): { what: string; said: Said[] } | undefined {
    if (!isHeld(value)) return undefined;
    const what = extensionName(textIn(value, "url") ?? "");
    const said = Object.entries(value).flatMap(([name, part]): Said[] => {
      if (name.startsWith("value")) return [this.#one(what, part, within) ?? []].flat();
      return name === "extension" && within < mostWithin ? this.#extensions(part, within + 1) : [];
    });
    if (said.length > 0) return { what, said };
    this.unsaid.add(what);
    return undefined;
  }
}

/** `5.2 mmol/L`, as it was sent. */
export function quantityWords(value: Held): string | undefined {
  const amount = textIn(value, "value");
  const unit = textIn(value, "unit") ?? textIn(value, "code");
  if (amount === undefined && unit === undefined) return undefined;
  return [textIn(value, "comparator"), amount, unit].filter((part) => part !== undefined).join(" ");
}

function rangeWords({ low, high }: Held): string | undefined {
  const [from, to] = [low, high].map((end) => (isHeld(end) ? quantityWords(end) : undefined));
  if (from !== undefined && to !== undefined) return `${from} to ${to}`;
  if (from !== undefined) return `${from} or more`;
  return to === undefined ? undefined : `${to} or less`;
}

/** A file, measurements by the thousand, or an entry within an entry: no words. */
function isFile(value: Held): boolean {
  return ["resourceType", "data", "url", "contentType"].some((name) => typeof value[name] === "string");
}

function isRange(value: Held): boolean {
  return isHeld(value["low"]) || isHeld(value["high"]);
}

function isPeriod(value: Held): boolean {
  return Object.keys(value).every((name) => name === "start" || name === "end") && ("start" in value || "end" in value);
}

function periodOf(value: Held): Said {
  const [from, to] = [textIn(value, "start"), textIn(value, "end")];
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

/** The words, and the code that they stand for. */
export function wordOf(value: Held): string | undefined {
  const term = termOf(value);
  if (term === undefined) return undefined;
  const codes = term.codings.flatMap(({ code, system, display }) => {
    const words = [isAddress(system) ? undefined : system, code, display].filter((word) => word !== term.text);
    return words.filter((word) => word !== undefined).join(" ") || [];
  });
  return codes.length === 0 ? term.text : `${term.text} (${codes.join(", ")})`;
}

function extensionName(url: string): string {
  const last = url.split(/[/#:]/).findLast((part) => part !== "") ?? "extension";
  const bare = last
    .replace(/^Extension-/i, "")
    .replace(/^CareConnect-(?:GPC-)?/i, "")
    .replace(/-\d+$/, "");
  return bounded(spaced(bare.replaceAll("-", " ")) || "extension", 60);
}

function saidText(value: string): string | undefined {
  return value.trim() === "" ? undefined : bounded(value, mostKept);
}

/** Whole: a year alone may be a number. */
function isDate(value: string): boolean {
  return /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?$/.test(value);
}

/** Within a sentence a date stands as it was sent. */
function plain(said: Said): string {
  if (typeof said === "string") return said;
  if ("at" in said) return said.at;
  if (said.from === undefined) return `until ${said.to ?? ""}`;
  return said.to === undefined ? `from ${said.from}` : `${said.from} to ${said.to}`;
}

/** A code system that is not known here: in a sentence its address says nothing to a person. */
function isAddress(system: string | undefined): boolean {
  return system !== undefined && /^[a-z]+:/i.test(system);
}
