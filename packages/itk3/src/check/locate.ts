/** The places of the elements asked for: one walk of the bundle, that makes no path but theirs and ends with the last. */
export function placesOf(root: object, name: string, elements: Iterable<object>): Map<object, string> {
  const wanted = new Set(elements);
  const places = new Map<object, string>();
  const path: (string | number)[] = [name];

  const walk = (element: object): void => {
    if (wanted.delete(element)) places.set(element, textOf(path));
    for (const name in element) {
      if (wanted.size === 0) return;
      const held = (element as Readonly<Record<string, unknown>>)[name];
      if (typeof held !== "object" || held === null) continue;
      path.push(name);
      if (Array.isArray(held)) {
        for (let index = 0; index < held.length; index += 1) {
          const item: unknown = held[index];
          if (typeof item !== "object" || item === null) continue;
          path.push(index);
          walk(item);
          path.pop();
        }
      } else {
        walk(held);
      }
      path.pop();
    }
  };
  if (wanted.size > 0) walk(root);
  return places;
}

function textOf(path: readonly (string | number)[]): string {
  return path.map((part, at) => (typeof part === "number" ? `[${part}]` : at === 0 ? part : `.${part}`)).join("");
}
