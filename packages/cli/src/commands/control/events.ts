import type { ControlEvent } from "@restante/control";
import { visible } from "../../check/words.ts";
import type { Given } from "../../command-line/tree.ts";
import type { Paint, Terminal } from "../../terminal/terminal.ts";
import { openControl } from "./open-control.ts";
import type { VerbValues } from "./verb.ts";

interface EventsValues extends VerbValues {
  readonly names: readonly string[] | undefined;
}

/** Tells what happens, a line an event, until the person stops it. */
export async function events({ options }: Given<EventsValues>, terminal: Terminal): Promise<number> {
  const { names, json } = options;
  const control = await openControl(options, terminal);
  for await (const event of await control.events(names === undefined ? {} : { names })) {
    if (json) await terminal.write(`${JSON.stringify(event)}\n`);
    else terminal.print(lineOf(event, terminal.paint));
  }
  if (terminal.stop.aborted) return 0;
  terminal.complain("The server has ended.");
  return 1;
}

function lineOf({ event, at, ...details }: ControlEvent, paint: Paint): string {
  const told = Object.entries(details).map(([name, value]) => `${name}=${plainly(value)}`);
  return [paint.dim(visible(at)), paint.bold(visible(event)), visible(told.join(" "))].join("  ").trimEnd();
}

function plainly(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
