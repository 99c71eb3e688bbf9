// Invariants of when something is to be done.
import type { Rule } from "../../rule.ts";
import { invariant } from "./invariant.ts";
import { has } from "./values.ts";

/** Meals as such: an offset needs a time before or after one. */
const meals: ReadonlySet<string> = new Set(["C", "CM", "CD", "CV"]);

export const timingInvariants: readonly Rule[] = [
  invariant(
    "tim-1",
    "Timing.repeat",
    "A timing with a duration must have the unit of it",
    "A timing has a duration without a unit.",
    (repeat) => !has(repeat, "duration") || has(repeat, "durationUnit"),
  ),
  invariant(
    "tim-2",
    "Timing.repeat",
    "A timing with a period must have the unit of it",
    "A timing has a period without a unit.",
    (repeat) => !has(repeat, "period") || has(repeat, "periodUnit"),
  ),
  invariant(
    "tim-4",
    "Timing.repeat",
    "The duration of a timing must not be negative",
    "The duration of a timing is negative.",
    ({ duration }) => duration === undefined || Number(duration) >= 0,
  ),
  invariant(
    "tim-5",
    "Timing.repeat",
    "The period of a timing must not be negative",
    "The period of a timing is negative.",
    ({ period }) => period === undefined || Number(period) >= 0,
  ),
  invariant(
    "tim-6",
    "Timing.repeat",
    "A timing must have a periodMax only where it has a period",
    "A timing has a periodMax and no period.",
    (repeat) => !has(repeat, "periodMax") || has(repeat, "period"),
  ),
  invariant(
    "tim-7",
    "Timing.repeat",
    "A timing must have a durationMax only where it has a duration",
    "A timing has a durationMax and no duration.",
    (repeat) => !has(repeat, "durationMax") || has(repeat, "duration"),
  ),
  invariant(
    "tim-8",
    "Timing.repeat",
    "A timing must have a countMax only where it has a count",
    "A timing has a countMax and no count.",
    (repeat) => !has(repeat, "countMax") || has(repeat, "count"),
  ),
  invariant(
    "tim-9",
    "Timing.repeat",
    "A timing must have an offset only beside a when that is no meal as such",
    "A timing has an offset, and no when or one that is a meal as such.",
    (repeat) =>
      !has(repeat, "offset") ||
      (has(repeat, "when") && (repeat.when ?? []).every((when) => when === null || !meals.has(when))),
  ),
  invariant(
    "tim-10",
    "Timing.repeat",
    "A timing must not have both a timeOfDay and a when",
    "A timing has both a timeOfDay and a when.",
    (repeat) => !has(repeat, "timeOfDay") || !has(repeat, "when"),
  ),
];
