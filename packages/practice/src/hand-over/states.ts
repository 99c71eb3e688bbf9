import type { HandOverState, ReportState } from "../worklist.ts";

/**
 * What becomes of a message that this organisation sends. One path for reports and for responses.
 *
 *   by directory   due -> staged  -> handed-over -> sent | failed
 *   by API         due -> sending -> sent | failed | held
 *
 * A step is committed before what comes after it is begun. What holds in each:
 *
 * - `due`          The message is whole in the database and nowhere else that matters. It may be begun again any number
 *                  of times: a kill here costs nothing. By API, its mailbox may still have to be looked up. What a person
 *                  has told to be sent waits here for a set time, and can be taken back (store/undoable.ts).
 * - `staged`       OUT holds `<header id>.dat.tmp` and `<header id>.ctl.tmp`, both synced, and so is the folder. Giving
 *                  the control file its own name is what hands the pair over, and it can happen once only: after a kill,
 *                  a control file still named .tmp was not handed over, and one no longer there was. OUT, SENT and TEMP
 *                  need not be searched, where a pair may already have been moved on or tidied away.
 * - `handed-over`  The pair belongs to the MESH client. Its control file in SENT brings the message id, one in FAILED the
 *                  reason. An acknowledgement may come first.
 * - `sending`      A send was begun; MESH may have the message. Left by a kill or a lost answer, it is settled by asking
 *                  MESH for the file name, which is the header id. Never sent again unless MESH is known not to have it.
 * - `sent`         MESH has accepted it and said its message id.
 * - `held`         MESH cannot tell whether it has the message: a person decides (Worklist.sendAgain).
 * - `failed`       It was refused and will not be sent.
 *
 * What a person sees is worked out from the step and from what has come back, whatever the order it came in.
 */
export type Step = "due" | "staged" | "handed-over" | "sending" | "sent" | "held" | "failed";

/** What has come back about a message that was sent. Absent: nothing. */
export interface Answers {
  /** MESH has reported that it could not deliver the message. */
  returned: boolean;
  infrastructure?: { code: string; positive: boolean };
  business?: { code: string; positive: boolean };
}

/**
 * The state of a report:
 * - `built`: stored, not yet handed over.
 * - `handed-over`, `sent`, `held`, `failed`: as the steps.
 * - `returned`: MESH could not deliver it.
 * - `received`: the recipient has it whole (20013).
 * - `accepted`: the recipient's positive business response.
 * - `refused`: a negative response, at either level.
 */
export function reportState(step: Step, { returned, infrastructure, business }: Answers): ReportState {
  if (infrastructure !== undefined && !infrastructure.positive && !isDuplicate(infrastructure.code)) return "refused";
  if (business !== undefined) return business.positive ? "accepted" : "refused";
  if (infrastructure !== undefined) return infrastructure.positive ? "received" : "refused";
  return handOverState(step, returned);
}

/** The state of a response, or of a report that nobody has answered. */
export function handOverState(step: Step, returned: boolean): HandOverState {
  // Returned by MESH, so it was sent, even if the control file in SENT has not been seen.
  if (returned) return "returned";
  switch (step) {
    case "due":
    case "staged":
    case "sending":
      return "built";
    case "handed-over":
    case "sent":
    case "held":
    case "failed":
      return step;
  }
}

/** ITK3 20007 and 20008: the recipient had it already, so an earlier copy arrived. */
export function isDuplicate(code: string): boolean {
  return code === "20007" || code === "20008";
}
