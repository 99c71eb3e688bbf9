/** Finds the place of each element of a bundle; walks it once, when first asked. */
export function locator(root: object, name: string): (element: object, path?: string) => string {
  let places: Map<object, string> | undefined;
  return (element, path) => {
    if (places === undefined) {
      places = new Map();
      walk(root, name, places);
    }
    const place = places.get(element) ?? name;
    return path === undefined ? place : `${place}.${path}`;
  };
}

function walk(element: object, place: string, places: Map<object, string>): void {
  places.set(element, place);
  for (const [name, held] of Object.entries(element)) {
    if (Array.isArray(held)) {
      for (const [index, item] of held.entries()) {
        if (typeof item === "object" && item !== null) walk(item as object, `${place}.${name}[${index}]`, places);
      }
    } else if (typeof held === "object" && held !== null) {
      walk(held as object, `${place}.${name}`, places);
    }
  }
}
