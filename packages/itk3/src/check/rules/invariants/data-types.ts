// Invariants of the types that elements have.
import { endsBefore } from "../../../stu3/ends-before.ts";
import type { Rule } from "../../rule.ts";
import { invariant } from "./invariant.ts";
import { exceeds, has, hasChoice } from "./values.ts";

export const dataTypeInvariants: readonly Rule[] = [
  invariant(
    "ext-1",
    "Extension",
    "An extension must have either a value or extensions of its own",
    "An extension has neither a value nor extensions, or has both.",
    (extension) => has(extension, "extension") !== hasChoice(extension, "value"),
    { path: "value" },
  ),
  invariant(
    "per-1",
    "Period",
    "A period must not end before it starts",
    "A period ends before it starts.",
    ({ start, end }) => !endsBefore(start, end),
  ),
  invariant(
    "cpt-2",
    "ContactPoint",
    "A contact point with a value must have a system",
    "A contact point has a value and no system.",
    (point) => !has(point, "value") || has(point, "system"),
  ),
  invariant(
    "qty-3",
    "Quantity",
    "A quantity with a code for its unit must have the system of the code",
    "A quantity has a code for its unit and no system.",
    (quantity) => !has(quantity, "code") || has(quantity, "system"),
  ),
  invariant(
    "rat-1",
    "Ratio",
    "A ratio must have both numerator and denominator, or neither and an extension",
    "A ratio lacks its numerator or its denominator.",
    (ratio) =>
      has(ratio, "numerator") === has(ratio, "denominator") && (has(ratio, "numerator") || has(ratio, "extension")),
  ),
  invariant(
    "rng-2",
    "Range",
    "The low end of a range must not be above its high end",
    "The low end of a range is above its high end.",
    ({ low, high }) => !exceeds(low, high),
  ),
  invariant(
    "att-1",
    "Attachment",
    "An attachment with data must have a contentType",
    "An attachment has data and no contentType.",
    (attachment) => !has(attachment, "data") || has(attachment, "contentType"),
  ),
];
