// CareConnect-ITK-Header-Organization-1: who sends the message, or receives it.
import { systems } from "../../../names.ts";
import { isText, unless } from "../../look.ts";
import type { Rule } from "../../rule.ts";
import { absent, each, outer, rule } from "./profile.ts";

const organization = "CareConnect-ITK-Header-Organization-1";

export const headerPartyRules: readonly Rule[] = [
  ...absent(
    organization,
    "Organization",
    ["active", "type", "name", "alias", "telecom", "address", "partOf", "contact", "endpoint"],
    outer("Organization"),
  ),
  rule(
    `${organization}:identifier`,
    "An Organization of the header must have an ODS organisation code or site code, each once, and no other identifier.",
    "An Organization of the header does not have an ODS organisation or site code, or has another identifier.",
    each(outer("Organization"), (found) => {
      const identifiers = found.identifier ?? [];
      const allowed = identifiers.every(
        ({ system, value }) => (system === systems.odsOrganisation || system === systems.odsSite) && isText(value),
      );
      const distinct = new Set(identifiers.map(({ system }) => system)).size === identifiers.length;
      return unless(identifiers.length > 0 && allowed && distinct, found, "identifier");
    }),
  ),
];
