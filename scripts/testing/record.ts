import { relative, resolve } from "node:path";
import type { TestEvent } from "node:test/reporters";

// A record of the tests that carry tags, one JSON line each, in the order in which node reports them.

/** A Node.js before 24.19 does not tell of tags: its record is empty. */
export function tellsOfTags(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 24 || (major === 24 && minor >= 19);
}

export interface RecordedTest {
  /** From the root of the project. */
  readonly file: string;
  /** Where the file says it: tests made by one call share it. */
  readonly line: number | undefined;
  /** From the outermost test inwards. */
  readonly names: readonly string[];
  /** As node has them: in small letters. */
  readonly tags: readonly string[];
  readonly ended: "passed" | "failed" | "failed as expected" | "skipped" | "to do";
}

export function readRecord(text: string): RecordedTest[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as RecordedTest);
}

// oxlint-disable-next-line import/no-default-export -- node:test takes a reporter by its default export
export default async function* record(source: AsyncIterable<TestEvent>): AsyncGenerator<string, void> {
  /** By nesting: the test that began last. Those of one file are reported in their order, before those of another. */
  const latest: string[] = [];
  /** By nesting: how a step ended that did not pass, of the test that began last around it. */
  const steps: (RecordedTest["ended"] | undefined)[] = [];
  for await (const { type, data } of source) {
    if (type === "test:start") {
      latest[data.nesting] = data.name;
      steps[data.nesting + 1] = undefined;
    }
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { file, entryFile, line, name, nesting, tags } = data as Reported;
    // A file of tests that another runs once more, as on another engine, has its record by itself.
    if (entryFile !== undefined && file !== entryFile && file?.endsWith(".test.ts") === true) continue;
    // The tests of a suite carry its tags.
    if (tags === undefined || tags.length === 0 || data.details.type === "suite") continue;
    const own = howItEnded(type, data);
    // node lets a test pass of which a step was left out.
    const ended = own === "passed" ? (steps[nesting + 1] ?? own) : own;
    if (ended !== "passed") steps[nesting] ??= ended;
    const test: RecordedTest = {
      file: relative("", resolve(entryFile ?? file ?? "")).replaceAll("\\", "/"),
      line,
      names: [...latest.slice(0, nesting), name],
      tags,
      ended,
    };
    yield `${JSON.stringify(test)}\n`;
  }
}

interface Reported {
  file?: string;
  entryFile?: string;
  line?: number;
  name: string;
  nesting: number;
  tags?: readonly string[];
}

function howItEnded(
  type: "test:pass" | "test:fail",
  { skip, todo, expectFailure }: { skip?: string | boolean; todo?: string | boolean; expectFailure?: unknown },
): RecordedTest["ended"] {
  if (todo !== undefined) return "to do";
  if (skip !== undefined) return "skipped";
  if (type === "test:fail") return "failed";
  return expectFailure === undefined ? "passed" : "failed as expected";
}
