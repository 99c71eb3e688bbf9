import type { ClockReading, Snapshot } from "@restante/control";
import type { Act } from "../../command-line/tree.ts";
import { columns } from "../../terminal/columns.ts";
import type { Paint } from "../../terminal/terminal.ts";
import { verb, type VerbValues } from "./verb.ts";

export const readClock: Act<VerbValues> = verb("clock.read", clockLines);

export const advanceClock: Act<VerbValues> = verb("clock.advance", clockLines, { words: { by: "DURATION" } });

function clockLines({ now, ahead }: ClockReading): string[] {
  return [`${now}, ${ahead === "0s" ? "the real time" : `${ahead} ahead of the real time`}`];
}

export const readDemographics: Act<VerbValues> = verb("demographics.read", ({ moved }) =>
  moved.length === 0
    ? ["No patient was moved."]
    : columns(moved.map(({ nhsNumber, odsCode }) => [nhsNumber, odsCode ?? "registered nowhere"])),
);

export const movePatient: Act<VerbValues> = verb(
  "demographics.move",
  ({ odsCode }) => [
    odsCode === undefined ? "The patient is registered nowhere now." : `The patient is registered at ${odsCode} now.`,
  ],
  { words: { nhsNumber: "NHS-NUMBER" } },
);

export const listSnapshots: Act<VerbValues> = verb("snapshots.list", ({ snapshots }, { paint }) =>
  snapshots.length === 0 ? ["There are no snapshots."] : snapshotTable(snapshots, paint),
);

export const saveSnapshot: Act<VerbValues> = verb(
  "snapshots.save",
  ({ name, messages }, { paint }) => [paint.green(`Saved as ${name}, with ${counted(messages)}`)],
  { words: { name: "NAME" } },
);

export const restoreSnapshot: Act<VerbValues> = verb(
  "snapshots.restore",
  ({ name, messages, savedAt }, { paint }) => [
    paint.green(`All is as it was at ${savedAt} (${name}), with ${counted(messages)}`),
  ],
  { words: { name: "NAME" } },
);

export const removeSnapshot: Act<VerbValues> = verb("snapshots.remove", ({ name }) => [`${name} is removed`], {
  words: { name: "NAME" },
});

export const reset: Act<VerbValues> = verb("reset", ({ messages }, { paint }) => [
  paint.green(`Empty: ${counted(messages)} went`),
]);

function snapshotTable(snapshots: readonly Snapshot[], paint: Paint): string[] {
  const rows = snapshots.map(({ name, savedAt, messages }) => [name, savedAt, counted(messages)]);
  const [head = "", ...lines] = columns([["SNAPSHOT", "SAVED", "HOLDS"], ...rows]);
  return [paint.bold(head), ...lines];
}

function counted(messages: number): string {
  return messages === 1 ? "1 message" : `${messages.toLocaleString("en-GB")} messages`;
}
