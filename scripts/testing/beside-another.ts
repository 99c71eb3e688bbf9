import type { TestEvent } from "node:test/reporters";
import { theRest } from "./reporter.ts";
import { newTestRun, take } from "./test-run.ts";

// Stands beside a reporter that somebody chose: node and its reporters take for well what is not, and this says so.

// oxlint-disable-next-line import/no-default-export -- node:test takes a reporter by its default export
export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string, void> {
  const run = newTestRun();
  let isInterrupted = false;
  for await (const event of source) {
    isInterrupted ||= event.type === "test:interrupted";
    take(run, event);
  }
  // What did not end then was stopped.
  const text = isInterrupted ? "" : theRest(run);
  if (text !== "") yield text;
}
