import type { ActOutcome } from "@restante/practice";
import { refusal } from "@restante/web";
import { refusedWith } from "./refused.ts";

/** What has left cannot be taken back, and says so. */
export async function takingBack(undo: Promise<ActOutcome>): Promise<ActOutcome> {
  try {
    return await undo;
  } catch (error) {
    if (refusedWith(error, ["left-already"]) === undefined) throw error;
    throw refusal(
      409,
      "It has left, or is leaving, so it could not be taken back. If it was wrong, tell the people whom it went to.",
    );
  }
}
