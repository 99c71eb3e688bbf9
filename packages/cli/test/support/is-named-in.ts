/** Whether the source of a test file has a test of that name. An ellipsis stands for what the test puts together: `${code}` and the like. */
export function isNamedIn(source: string, name: string): boolean {
  // In a source the name stands in quotes of either kind, its own quotes escaped or not.
  const parts = name.split("…").map((part) => part.replaceAll("\\", ""));
  const lines = source.replaceAll("\\", "").split("\n");
  return lines.some((line) => {
    let from = 0;
    return parts.every((part) => {
      const found = line.indexOf(part, from);
      from = found + part.length;
      return found >= 0;
    });
  });
}
