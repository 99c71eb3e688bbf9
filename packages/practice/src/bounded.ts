/** Of a text from outside so much is kept to be shown, and a list shows so much of that. In characters, the ellipsis one of them. */
export const mostKept = 2000;
export const mostListed = 200;

export function bounded(text: string, most: number): string {
  if (text.length <= most) return text;
  // No more is taken apart than can be wanted, however long the text; a character is one or two units of it.
  const start = text.slice(0, 2 * (most + 1));
  const characters = Array.from(start);
  if (characters.length <= most) return text;
  return `${characters.slice(0, most - 1).join("")}…`;
}

/** Plain data with each of its texts bounded, whichever they are. Under the names in `but` nothing is changed. */
export function boundTexts<Value>(value: Value, most: number, but: ReadonlySet<string>): Value {
  return boundAny(value, most, but) as Value;
}

function boundAny(value: unknown, most: number, but: ReadonlySet<string>): unknown {
  if (typeof value === "string") return bounded(value, most);
  if (Array.isArray(value)) return value.map((each) => boundAny(each, most, but));
  if (value === null || typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, but.has(name) ? each : boundAny(each, most, but)]),
  );
}
