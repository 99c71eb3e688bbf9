import type { Fact } from "../document-view.ts";
import type { Saying } from "./saying.ts";
import { type Held, listOf, spaced } from "./term.ts";

/** More of one entry are counted. */
const mostExtensions = 50;

/** What no column has said. */
export function rest(held: Held, used: ReadonlySet<string>, saying: Saying): Fact[] {
  return Object.entries(held).flatMap(([name, value]) => {
    if (used.has(name)) return [];
    if (name.startsWith("_")) {
      saying.unsaid.add(`${spaced(name.slice(1))} (extension)`);
      return [];
    }
    const said = saying.say(name, value);
    return said.length === 0 ? [] : [{ what: spaced(name), said }];
  });
}

export function extensionsOf({ extension }: Held, saying: Saying): Fact[] {
  const extensions = listOf(extension);
  if (extensions.length > mostExtensions) saying.unsaid.add(`extensions (${extensions.length - mostExtensions} more)`);
  return extensions.slice(0, mostExtensions).flatMap((one) => saying.extension(one) ?? []);
}
