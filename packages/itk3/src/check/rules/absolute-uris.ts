// A URI that names what is known beyond the message must be absolute. Of the parts of a complex extension the url is relative:
// to that of the extension. What is no URI at all, reading tells of.
import type { Extension } from "../../stu3/types.ts";
import { isRelative } from "../../stu3/uris.ts";
import { partsOfExtensions } from "../complex-extensions.ts";
import { unless } from "../look.ts";
import type { Elements } from "../walk.ts";
import type { Rule } from "../rule.ts";
import { ruleMaker } from "../rule-maker.ts";

const rule = ruleMaker({ responseCode: "20009", issueCode: "value" });

export const absoluteUriRules: readonly Rule[] = [
  rule(
    "FHIR:Identifier.system",
    "The system of an identifier must be an absolute URI: it says whose the value is.",
    "An identifier's system is a relative URI.",
    ({ elements }) =>
      elements.ofType("Identifier").flatMap((element) => unless(!isRelative(element.system ?? ""), element, "system")),
  ),
  rule(
    "FHIR:Coding.system",
    "The system of a coding must be an absolute URI: it says what the code means.",
    "A coding's system is a relative URI.",
    ({ elements }) =>
      elements.ofType("Coding").flatMap((element) => unless(!isRelative(element.system ?? ""), element, "system")),
    { issueCode: "code-invalid" },
  ),
  rule(
    "FHIR:Extension.url",
    "The url of an extension must be absolute, unless it is a part of another (FHIR, Extensibility).",
    "An extension's url is relative, and it is no part of another.",
    ({ elements }) => {
      const parts = new Set(partsIn(elements).map(([part]) => part));
      return elements
        .ofType("Extension")
        .flatMap((element) => unless(parts.has(element) || !isRelative(element.url ?? ""), element, "url"));
    },
    { issueCode: "extension" },
  ),
  rule(
    "FHIR:Extension.extension",
    "A part of a complex extension must be one that the extension's definition has.",
    "A complex extension has a part that its definition does not have.",
    ({ elements }) =>
      partsIn(elements).flatMap(([part, { url: whole = "" }]) => {
        const known = partsOfExtensions.get(whole);
        return unless(known === undefined || known.has(part.url ?? "") || !isRelative(part.url ?? ""), part, "url");
      }),
    { issueCode: "extension" },
  ),
];

function partsIn(elements: Elements): (readonly [part: Extension, of: Extension])[] {
  return elements.ofType("Extension").flatMap((whole) => (whole.extension ?? []).map((part) => [part, whole] as const));
}
