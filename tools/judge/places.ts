/** HAPI's place of an element as we write it: without the types and ids that it puts between. */
export function placeOf(location: string): string {
  return (
    location
      .replaceAll(/\/\*.*?\*\//g, "")
      .replaceAll(/(\.resource|\.contained\[\d+\])\.ofType\(\w+\)/g, "$1")
      // value.ofType(Quantity)
      .replaceAll(/\.ofType\((\w)(\w*)\)/g, (_, first: string, rest: string) => first.toUpperCase() + rest)
      .replaceAll("[x]", "")
  );
}

/** Whether two places are one, or one is in the other: what is absent is said of what it is absent from, or of itself. */
export function areNear(one: string, other: string): boolean {
  return one === other || parentOf(one) === other || one === parentOf(other);
}

function parentOf(place: string): string {
  return place.slice(0, Math.max(0, place.lastIndexOf(".")));
}
