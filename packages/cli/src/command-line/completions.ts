// What a completion script knows, in whichever shell's words: it is made from the tree alone and asks nothing of Restante
// while a person types, so that the Tab key is not kept waiting for Node.js to start.
import type { Option, ValueOf } from "./option.ts";
import { type Entry, everyEntry, type Group } from "./tree.ts";

/** What may stand after words that lead somewhere. */
export interface Position {
  /** The words, joined by a slash: `` for none, `/send`, `/mailbox/add`. */
  readonly place: string;
  /** Commands, or what its first argument can be. */
  readonly words: readonly Offered[];
  readonly options: readonly Offered[];
  /** Whether files may stand there. */
  readonly files: boolean;
}

export interface Offered {
  readonly word: string;
  readonly about: string;
}

const help: Offered = { word: "--help", about: "what it does and what it takes" };

/** By where they are: no words, and then every command and group. */
export function positions(root: Group): Position[] {
  const places = Array.from(everyEntry(root.entries), ({ entry, path }) => positionOf(entry, path));
  const first = positionOf(root, []);
  // After `help` come the words that lead to a command, and nothing else.
  const helped = [first, ...places].filter(({ leadsOn }) => leadsOn);
  return [
    {
      ...first,
      words: [...first.words, { word: "help", about: "what a command does and takes" }],
      options: [help, { word: "--version", about: "which release this is" }],
    },
    ...places,
    ...helped.map(({ place, words }) => ({ place: `/help${place}`, words, options: [], files: false })),
  ];
}

function positionOf(entry: Entry, path: readonly string[]): Position & { readonly leadsOn: boolean } {
  const place = path.map((word) => `/${word}`).join("");
  const below = entry.entries.map(({ name, summary }) => ({ word: name, about: summary }));
  const leadsOn = below.length > 0;
  if (entry.kind === "group") return { place, words: below, options: [help], files: false, leadsOn };
  const [argument] = entry.arguments;
  return {
    place,
    words: [...below, ...(argument?.choices ?? []).map((word) => ({ word, about: argument?.name ?? "" }))],
    options: [...Object.values(entry.options).map(({ name, about }) => ({ word: `--${name}`, about })), help],
    files: argument?.place !== undefined,
    leadsOn,
  };
}

/** Every option that takes a value: it takes the same wherever it is offered. */
export function valuedOptions(root: Group): { readonly name: string; readonly value: ValueOf }[] {
  const found = new Map<string, Option>();
  for (const { entry } of everyEntry(root.entries)) {
    for (const option of entry.kind === "command" ? Object.values(entry.options) : []) found.set(option.name, option);
  }
  return Array.from(found.values()).flatMap(({ name, value }) => (value === undefined ? [] : [{ name, value }]));
}
