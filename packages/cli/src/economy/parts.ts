import type { Organisation } from "@restante/demographics";
import { isFolderHeld } from "@restante/durable";
import type { Emit } from "@restante/mesh";
import type { Practice } from "@restante/practice";
import { openPractice as open } from "../config/start-practice.ts";
import { type Economy, practiceFolder } from "./economy.ts";
import { openingIn, practiceSettings } from "./part-settings.ts";

/** An organisation's system, for reading and storing; only a process that holds its folder may start it. */
export async function openPractice(
  economy: Economy,
  organisation: Organisation,
  url: string,
  emit: Emit,
  closing: AsyncDisposableStack,
): Promise<Practice> {
  return open(
    await practiceSettings(economy, organisation, url, { onlyLook: true }),
    openingIn(economy, { emit, closing }),
  );
}

/** Whether the organisation's system is at work, in whatever process. */
export function isPracticeRunning(economy: Economy, organisation: Organisation): boolean {
  return isFolderHeld(practiceFolder(economy, organisation), "practice");
}
