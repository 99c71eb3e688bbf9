// What the sections of the Composition lead to.
import { sectionEntries, sectionsOf } from "../../message/sections.ts";
import { profiles } from "../../names.ts";
import { primitiveFault } from "../../stu3/primitives.ts";
import { hasProfile, none, ofType, onComposition, unless } from "../look.ts";
import type { Rule } from "../rule.ts";

function rule(numbers: Rule["numbers"], text: string, breaches: Rule["breaches"], rest: Partial<Rule> = {}): Rule {
  return { numbers, severity: "error", responseCode: "20009", issueCode: "value", text, breaches, ...rest };
}

const required = { issueCode: "required" } as const;
const structure = { issueCode: "structure" } as const;

export const attachmentRules: readonly Rule[] = [
  rule(
    { cs: "028", oc: "012" },
    "No section leads to a report in PDF.",
    onComposition((composition, { message }) =>
      unless(
        message.attachments.some(({ contentType }) => isPdf(contentType)),
        composition,
        "section",
      ),
    ),
    required,
  ),
  rule(
    { ge: "012" },
    "No section leads to a document.",
    onComposition((composition, { message }) => unless(message.attachments.length > 0, composition, "section")),
    required,
  ),
  rule(
    { core: "029", scal: "GPCM-SD-109" },
    "A Binary of the document is in no section of the Composition.",
    onComposition((composition, { inner, references }) => {
      const led = new Set(sectionEntries(composition, references));
      const described = new Set(
        [...led].flatMap((resource) =>
          resource.resourceType === "DocumentReference"
            ? (resource.content ?? []).flatMap(({ attachment }) =>
                attachment?.url === undefined ? [] : references.candidates({ reference: attachment.url }),
              )
            : [],
        ),
      );
      return ofType(inner, "Binary").flatMap((binary) => unless(led.has(binary) || described.has(binary), binary));
    }),
    structure,
  ),
  rule(
    { core: "030", scal: "GPCM-SD-110" },
    "A section's entry does not lead to a resource of the document, or to a Binary of another profile.",
    onComposition((composition, { references }) =>
      sectionsOf(composition).flatMap((section) =>
        (section.entry ?? []).flatMap((entry) => {
          const found = references.candidates(entry);
          const binaries = ofType(found, "Binary");
          return unless(found.length > 0 && binaries.every((binary) => hasProfile(binary, profiles.attachment)), entry);
        }),
      ),
    ),
    structure,
  ),
  rule({ core: "031", scal: "GPCM-SD-111" }, "An attachment holds no base64 content.", ({ inner }) =>
    ofType(inner, "Binary").flatMap((binary) =>
      unless(
        binary.content !== undefined && primitiveFault("base64Binary", binary.content) === undefined,
        binary,
        "content",
      ),
    ),
  ),
  rule(
    { core: "032" },
    "The primary attachment is not the first entry of the Composition's sections.",
    onComposition((composition, { references }) => {
      const [first] = sectionEntries(composition, references);
      return unless(first === undefined || first.resourceType === "Binary", composition, "section");
    }),
    structure,
  ),
  rule(
    { own: "ITK-Attachment-Binary-1:content" },
    "An attachment says that it is a PDF and does not begin as one.",
    ({ message, inner }) =>
      ofType(inner, "Binary").flatMap((binary) => {
        if (!isPdf(binary.contentType ?? "") || binary.content === undefined || message.attachments.length === 0)
          return none;
        return unless(
          String(Buffer.from(binary.content.slice(0, 1400), "base64")).includes("%PDF-"),
          binary,
          "content",
        );
      }),
    { severity: "warning" },
  ),
];

function isPdf(contentType: string): boolean {
  return /^application\/pdf\b/i.test(contentType);
}
