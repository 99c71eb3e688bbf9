import type { Schema } from "@restante/settings";

/** The verbs of `Control` that a scenario can have as steps, and what each takes. */
export const verbInputs: ReadonlyMap<string, Schema<unknown>> = new Map(
  [
    "reset",
    "messages.list",
    "messages.peek",
    "messages.inject",
    "messages.report",
    "messages.wait",
    "messages.expectNone",
    "messages.putBack",
    "mailboxes.list",
    "mailboxes.close",
    "mailboxes.open",
    "faults.list",
    "faults.add",
    "faults.next",
    "faults.clear",
    "clock.read",
    "clock.advance",
    "demographics.read",
    "demographics.move",
    "snapshots.list",
    "snapshots.save",
    "snapshots.restore",
    "snapshots.remove",
  ].map((name) => [name, { json: { type: "object", description: `${name}.` }, formats: [], rules: [] }]),
);
