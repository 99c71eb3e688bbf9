// CareConnect-Composition-1 and ITK-Attachment-Binary-1.
import { extensions } from "../../../names.ts";
import { isText, none, unless } from "../../look.ts";
import type { Rule } from "../../rule.ts";
import { absent, each, extensionAtMost, inner, payload, rule } from "./profile.ts";

const mimeType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;.*)?$/;

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
    "Composition has more than one relatesTo.",
    each(inner("Composition"), (composition) =>
      unless((composition.relatesTo ?? []).length <= 1, composition, "relatesTo"),
    ),
    payload,
  ),
  extensionAtMost(
    1,
    "CareConnect-Composition-1",
    "Composition",
    "careSettingType",
    extensions.careSettingType,
    inner("Composition"),
    payload,
  ),
  ...absent("ITK-Attachment-Binary-1", "Binary", ["securityContext"], inner("Binary"), payload),
  rule(
    "ITK-Attachment-Binary-1:contentType",
    "The contentType of a Binary must be a MIME type: a type, a slash and a subtype (BCP 13).",
    "The contentType of a Binary is no MIME type.",
    each(inner("Binary"), (binary) => unless(mimeType.test(binary.contentType ?? ""), binary, "contentType")),
    { ...payload, issueCode: "code-invalid" },
  ),
];
