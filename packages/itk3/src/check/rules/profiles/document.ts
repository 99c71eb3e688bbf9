// CareConnect-Composition-1 and ITK-Attachment-Binary-1.
import { isText, none, unless } from "../../look.ts";
import type { Rule } from "../../rule.ts";
import { absent, each, inner, payload, rule } from "./profile.ts";

export const documentRules: readonly Rule[] = [
  rule(
    "CareConnect-Composition-1:identifier",
    "Composition.identifier must have a system and a value.",
    "Composition.identifier has no system or no value.",
    each(inner("Composition"), ({ identifier }) =>
      identifier === undefined ? none : unless(isText(identifier.system) && isText(identifier.value), identifier),
    ),
    payload,
  ),
  rule(
    "CareConnect-Composition-1:relatesTo",
    "Composition must have relatesTo no more than once.",
    "Composition.relatesTo stands more than once.",
    each(inner("Composition"), (composition) =>
      unless((composition.relatesTo ?? []).length <= 1, composition, "relatesTo"),
    ),
    payload,
  ),
  ...absent("ITK-Attachment-Binary-1", "Binary", ["securityContext"], inner("Binary"), payload),
];
