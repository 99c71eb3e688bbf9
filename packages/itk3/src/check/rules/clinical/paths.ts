// Paths to elements: how rules name what they look at, and how people read it.

/** An element whose type the rules do not care for. */
export type Value = Readonly<Record<string, unknown>>;

/**
 * Every value at a dotted path, through arrays. `value[x]` stands for any of its types. `extension:Name` stands for an
 * extension whose url ends in `Name-1`, with or without the words that CareConnect and GP Connect put before the name,
 * or that is called `Name` within another.
 */
export function everyAt(element: Value, path: string): readonly unknown[] {
  let values: readonly unknown[] = [element];
  for (const step of stepsOf(path)) {
    const next: unknown[] = [];
    for (const value of values) step(value as Value, next);
    if (next.length === 0) return next;
    values = next;
  }
  return values;
}

/** True where something is at the path. */
export function isAt(element: Value, path: string): boolean {
  return everyAt(element, path).length > 0;
}

/** A path as people read it: `extension(StatusReason).extension(statusChangeDate).value`. */
export function readable(path: string): string {
  return path.replace(/extension:(\w+)/g, "extension($1)").replaceAll("[x]", "");
}

/** Where a path leads from an element, as far as it goes by extensions that are there: the first of each name. */
export function placeAt(element: object, path: string): { element: object; path?: string } {
  const [part = "", ...rest] = path.split(".");
  const name = /^extension:(\w+)$/.exec(part)?.[1];
  const [extension] = name === undefined ? [] : extensionsNamed(element as Value, name);
  if (typeof extension !== "object" || extension === null) return { element, path: readable(path) };
  return rest.length === 0 ? { element: extension } : placeAt(extension, rest.join("."));
}

/** `a`, `a or b`, `a, b or c`. */
export function anyOf(names: readonly (string | boolean)[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** `a Task`, `an Encounter`. */
export function withArticle(name: string, article: "a" | "A" = "a"): string {
  return `${article}${/^[AEIOU]/.test(name) ? "n" : ""} ${name}`;
}

/** Adds what an element holds at one part of a path. */
type Step = (element: Value, found: unknown[]) => void;

const known = new Map<string, readonly Step[]>();

/** The paths are those of the rules: each is taken apart once. */
function stepsOf(path: string): readonly Step[] {
  const steps = known.get(path) ?? path.split(".").map(stepOf);
  known.set(path, steps);
  return steps;
}

function stepOf(part: string): Step {
  if (part.startsWith("extension:")) {
    const name = part.slice("extension:".length);
    return (element, found) => {
      for (const extension of extensionsNamed(element, name)) found.push(extension);
    };
  }
  if (part.endsWith("[x]")) {
    const stem = part.slice(0, -3);
    return (element, found) => {
      for (const name in element) {
        if (name.startsWith(stem) && /^[A-Z]/.test(name.slice(stem.length))) add(element[name], found);
      }
    };
  }
  return (element, found) => add(element[part], found);
}

function add(held: unknown, found: unknown[]): void {
  if (held === undefined || held === null) return;
  if (!Array.isArray(held)) found.push(held);
  else for (const item of held as unknown[]) if (item !== null) found.push(item);
}

function extensionsNamed(value: Value, name: string): unknown[] {
  const found = (value["extension"] ?? []) as readonly { url?: string }[];
  const wanted = name.toLowerCase();
  return found.filter(({ url = "" }) => {
    const last = url
      .slice(url.lastIndexOf("/") + 1)
      .replace(/-\d+$/, "")
      .toLowerCase();
    return last === wanted || last.endsWith(`-${wanted}`) || last.endsWith(`medication${wanted}`);
  });
}
