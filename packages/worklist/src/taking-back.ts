import type { ActOutcome } from "@restante/practice";
import { refusal } from "@restante/web";
import { refusedWith } from "./refused.ts";
import { refusals } from "./words/refusals.ts";

/** What has left cannot be taken back, and says so. */
export async function takingBack(undo: Promise<ActOutcome>): Promise<ActOutcome> {
  try {
    return await undo;
  } catch (error) {
    if (refusedWith(error, ["left-already"]) === undefined) throw error;
    throw refusal(409, refusals["left-already"]);
  }
}
