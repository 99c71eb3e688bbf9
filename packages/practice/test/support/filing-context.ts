import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Event } from "@restante/mesh";
import type { PracticeContext } from "../../src/context.ts";
import { practiceDefaults } from "../../src/defaults.ts";
import { createReader } from "../../src/inbound/reader.ts";
import { standingTroubles } from "../../src/troubles.ts";
import { testClock } from "./clock.ts";
import { receiver } from "./organisations.ts";

/** As much of a practice as saves documents. */
export function filingContext(
  database: DatabaseSync,
  dataFolder: string,
  emit: (event: Event) => void = () => undefined,
): PracticeContext {
  const clock = testClock("2026-03-02T12:00:00Z");
  return {
    database,
    keptFolder: join(dataFolder, "kept"),
    organisation: receiver,
    clock,
    emit,
    tuning: practiceDefaults.tuning,
    reader: createReader(),
    troubles: standingTroubles({ clock, emit, organisation: receiver }),
  } as Partial<PracticeContext> as PracticeContext;
}
