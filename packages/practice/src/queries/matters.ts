import type { DatabaseSync } from "node:sqlite";
import type { Matter, MatterKey, MatterKind, PersonAct } from "../worklist.ts";
import type { CompletionReason } from "../task-work.ts";
import type { ListPlan } from "./listing.ts";
import { optionalText, optionalTime, present, type Row, text, time } from "./rows.ts";

/** The columns of a matter that is joined to what it is about, under names of their own. */
export const matterColumns = `matter.state AS matter_state, matter.reason AS matter_reason, raised_at, dealt_at, dealt_by, dealt_by_id, note`;

/** Each is the condition of an index of its own: else all that was ever wrong would be passed over for the few that are. */
const shown = {
  attention: { index: "matter_needed", condition: "matter.state IN ('new', 'seen')", states: ["new", "seen"] },
  "dealt-with": { index: "matter_dealt", condition: "matter.state = 'dealt-with'", states: ["dealt-with"] },
  all: { index: "matter_told", condition: "matter.state <> 'over'", states: ["new", "seen", "dealt-with"] },
} as const;

/** The things of one kind that need attention, have had it, or either. */
export function mattersOf(kind: MatterKind, which: keyof typeof shown): ListPlan {
  const { index, condition, states } = shown[which];
  return {
    id: "matter.id",
    from: `matter INDEXED BY ${index} WHERE matter.kind = '${kind}' AND ${condition}`,
    tally: states.map((state) => `matter ${kind} ${state}`),
  };
}

/** The matter of a row with `matterColumns`, and its sentence while a person is wanted. */
export function matterIn(row: Row): { matter: Matter; attention?: string } | undefined {
  const state = optionalText(row, "matter_state");
  if (state === undefined || state === "over") return undefined;
  const reason = text(row, "matter_reason");
  const at = optionalTime(row, "dealt_at");
  const by = { id: optionalText(row, "dealt_by_id") ?? "", name: optionalText(row, "dealt_by") ?? "" };
  const note = optionalText(row, "note");
  const matter: Matter = {
    state: state as Matter["state"],
    reason,
    raisedAt: time(row, "raised_at"),
    ...(at && { dealtWith: { at, by, ...(note !== undefined && { note }) } }),
  };
  return state === "dealt-with" ? { matter } : { matter, attention: reason };
}

/** What persons did about something, newest first. */
export function actsOf(database: DatabaseSync, { kind, id }: MatterKey): PersonAct[] {
  return database
    .prepare(
      "SELECT at, actor_id, person, act, about, note, reason FROM act WHERE kind = ? AND id = ? ORDER BY act_id DESC LIMIT 50",
    )
    .all(kind, id)
    .map(actIn);
}

function actIn(row: Row): PersonAct {
  return {
    at: time(row, "at"),
    by: { id: text(row, "actor_id"), name: text(row, "person") },
    act: text(row, "act") as PersonAct["act"],
    ...present({
      about: optionalText(row, "about"),
      note: optionalText(row, "note"),
      reason: optionalText(row, "reason") as CompletionReason | undefined,
    }),
  };
}
