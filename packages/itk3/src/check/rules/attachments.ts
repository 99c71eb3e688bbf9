// What the sections of the Composition lead to.
import { mediaTypeOf } from "@restante/mesh";
import { holderOf } from "../../message/attachments.ts";
import { fileTypeOf, type KnownFileType } from "../../message/file-type.ts";
import type { Itk3Message } from "../../message/model.ts";
import { sectionsOf } from "../../message/sections.ts";
import { addressLength } from "../../message/whole-file.ts";
import { profiles } from "../../names.ts";
import { primitiveFault } from "../../stu3/primitives.ts";
import type { Binary, Composition, Resource } from "../../stu3/types.ts";
import { mayFollow } from "../claimed-profiles.ts";
import { ofType, onComposition, unless } from "../look.ts";
import type { Breach, CheckContext, Rule } from "../rule.ts";
import { ruleMaker } from "../rule-maker.ts";

const rule = ruleMaker({ responseCode: "20009", issueCode: "value" });

const required = { issueCode: "required" } as const;
const structure = { issueCode: "structure" } as const;
const ofValue = { tellsOfValue: true } as const;

/** A document that sections lead to by themselves, not by way of a DocumentReference. */
const ledTo = (holds: (binary: Binary) => boolean): Rule["breaches"] =>
  onComposition((composition, { led }) => {
    const found = ofType([...led], "Binary").some(holds);
    return unless(found, composition, "section");
  });

export const attachmentRules: readonly Rule[] = [
  rule(
    { cs: "028", scal: "GPCM-SD-086" },
    "A section must lead to a report of the consultation in PDF.",
    "No section leads to a report in PDF.",
    ledTo(isPdf),
    required,
  ),
  rule(
    { oc: "012" },
    "A section must lead to a report of the online consultation in PDF, of the ITK3 attachment profile.",
    "No section leads to a report in PDF of the ITK3 attachment profile.",
    ledTo((binary) => isPdf(binary) && mayFollow(binary, profiles.attachment)),
    required,
  ),
  rule(
    { ge: "012" },
    "A section must lead to a document of the ITK3 attachment profile.",
    "No section leads to a document of the ITK3 attachment profile.",
    ledTo((binary) => mayFollow(binary, profiles.attachment)),
    required,
  ),
  rule(
    { core: "029", scal: "GPCM-SD-109" },
    "Every Binary of the document must be in a section of the Composition, each in one of its own.",
    "A Binary of the document is in no section of the Composition, or shares one with another.",
    onComposition((composition, context) => {
      const alone = new Set(binariesAlone(composition, context));
      return context.inner.ofType("Binary").flatMap((binary) => unless(alone.has(binary), binary));
    }),
    { ...structure, unled: true },
  ),
  rule(
    { core: "030", scal: "GPCM-SD-110" },
    "Every section's entry must lead to a resource of the document; a Binary must be of the ITK3 attachment profile.",
    "A section's entry does not lead to a resource of the document, or to a Binary of another profile.",
    onComposition((composition, { references }) =>
      sectionsOf(composition).flatMap((section) =>
        (section.entry ?? []).flatMap((entry) => {
          const found = references.candidates(entry);
          const binaries = ofType(found, "Binary");
          return unless(found.length > 0 && binaries.every((binary) => mayFollow(binary, profiles.attachment)), entry);
        }),
      ),
    ),
    { ...structure, leads: true },
  ),
  rule(
    { core: "031", scal: "GPCM-SD-111" },
    "Every attachment must be base64.",
    "An attachment holds no base64 content.",
    ({ message, inner }) => {
      // Which of them can be opened is known of those that sections lead to: megabytes are not gone through again.
      const known = new Map(message.attachments.map((attachment) => [holderOf(attachment)?.element, attachment]));
      return inner.ofType("Binary").flatMap((binary) => {
        const { content = "" } = binary;
        const holds = known.get(binary)?.intact ?? primitiveFault("base64Binary", content) === undefined;
        return unless(holds, binary, "content");
      });
    },
    ofValue,
  ),
  rule(
    { core: "031", scal: "GPCM-SD-111" },
    "Every attachment must be base64, with its padding and nothing before it.",
    "An attachment's base64 lacks its padding, or begins as a data: address: it was repaired, as its file is seen to be whole.",
    ({ message }) => repairedIn(message),
    ofValue,
  ),
  rule(
    { core: "032" },
    "The report must be the first entry of the Composition's sections: of a consultation, its PDF.",
    "The report is not the first entry of the Composition's sections.",
    onComposition((composition, { led, useCase }) => {
      const isReport = (resource: Resource | undefined): boolean =>
        resource?.resourceType === "Binary" && (useCase === "generic" || isPdf(resource));
      const [first] = led;
      // That there is none at all is another finding.
      return unless(isReport(first) || !Array.from(led).some(isReport), composition, "section");
    }),
    structure,
  ),
  rule(
    { own: "ITK-Attachment-Binary-1:content" },
    "The content of an attachment should be of the type that it says.",
    "An attachment says that it is a PDF, PNG, JPEG or TIFF file and is not.",
    ({ inner }) =>
      inner.ofType("Binary").flatMap((binary) => {
        const said = mediaTypeOf(binary.contentType ?? "");
        return unless(!known.has(said) || typeByContent(binary.content) === said, binary, "content");
      }),
    { severity: "warning" },
  ),
];

/** The Binaries that stand alone in a section; one may stand there beside what describes it. */
function binariesAlone(composition: Composition, { references }: CheckContext): Resource[] {
  return sectionsOf(composition).flatMap(({ entry }) => {
    const found = (entry ?? []).map((reference) => ofType(references.candidates(reference), "Binary"));
    const binaries = found.filter((candidates) => candidates.length > 0);
    return binaries.length === 1 ? (binaries[0] ?? []) : [];
  });
}

const known: ReadonlySet<string> = new Set(["application/pdf", "image/png", "image/jpeg", "image/tiff"]);

function isPdf(binary: Binary): boolean {
  const said = mediaTypeOf(binary.contentType ?? "");
  // A type that is missing, or is none, is a finding of its own.
  const mayBe = said === "application/pdf" || !/^[^ /]+\/[^ /]+$/.test(said);
  return mayBe && typeByContent(binary.content) === "application/pdf";
}

/** By its first bytes: 1,400 characters of base64 are 1,050 bytes. */
export function typeByContent(content = ""): KnownFileType | undefined {
  const from = addressLength(content);
  return fileTypeOf(Buffer.from(content.slice(from, from + 1400), "base64"));
}

function repairedIn({ attachments }: Itk3Message): Breach[] {
  return attachments.flatMap((attachment) => (attachment.repaired ? (holderOf(attachment) ?? []) : []));
}
