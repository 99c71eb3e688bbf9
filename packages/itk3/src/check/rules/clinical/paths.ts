// Paths to elements: how rules name what they look at, and how people read it.

/** An element whose type the rules do not care for. */
export type Value = Readonly<Record<string, unknown>>;

/**
 * Every value at a dotted path, through arrays. `value[x]` stands for any of its types. `extension:Name` stands for an
 * extension whose url ends in `Name-1`, with or without the words that CareConnect and GP Connect put before the name,
 * or that is called `Name` within another.
 */
export function everyAt(element: Value, path: string): unknown[] {
  let values: unknown[] = [element];
  for (const part of path.split(".")) values = values.flatMap((value) => children(value as Value, part));
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

/** `a`, `a or b`, `a, b or c`. */
export function anyOf(names: readonly (string | boolean)[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** `a Task`, `an Encounter`. */
export function withArticle(name: string, article: "a" | "A" = "a"): string {
  return `${article}${/^[AEIOU]/.test(name) ? "n" : ""} ${name}`;
}

function children(value: Value, part: string): unknown[] {
  if (part.startsWith("extension:")) return extensionsNamed(value, part.slice("extension:".length));
  if (part.endsWith("[x]")) {
    const stem = part.slice(0, -3);
    return Object.keys(value)
      .filter((name) => name.startsWith(stem) && /^[A-Z]/.test(name.slice(stem.length)))
      .flatMap((name) => held(value[name]));
  }
  return held(value[part]);
}

function held(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.filter((item) => item !== null) : [value];
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
