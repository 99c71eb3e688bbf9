import type { RecordedTest } from "../testing/record.ts";

/**
 * Tests that carry a requirement and assert nothing: they pass whatever the product does. Whether what a test asserts is what its
 * requirement asks, no program can tell. `read` gives a file of the project.
 */
export function idle(tests: readonly RecordedTest[], read: (file: string) => string): string[] {
  const faults = tests
    .filter(({ file, line }) => line !== undefined && !/\bassert/.test(callAt(read(file), line)))
    .map(({ file, names }) => `A test that carries a requirement asserts nothing: \`${file}\`: ${names.join(" > ")}.`);
  return [...new Set(faults)];
}

/** What a file writes from a line to the end of the call that begins there, as the formatter lays it out. */
function callAt(source: string, line: number): string {
  const [first = "", ...others] = source.split("\n").slice(line - 1);
  if (first.endsWith(");")) return first;
  const margin = /^\s*/.exec(first)?.[0] ?? "";
  const end = others.findIndex((one) => one.startsWith(margin) && /^(?:[)}].*)?\);$/.test(one.slice(margin.length)));
  return [first, ...others.slice(0, end + 1)].join("\n");
}
