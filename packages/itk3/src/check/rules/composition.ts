// The Composition: what the document says of itself.
import { profiles, systems } from "../../names.ts";
import { hasCoding, hasProfile, identifierOf, isText, none, onComposition, plainText, unless } from "../look.ts";
import type { CheckContext, Rule } from "../rule.ts";

function rule(numbers: Rule["numbers"], text: string, breaches: Rule["breaches"], rest: Partial<Rule> = {}): Rule {
  return { numbers, severity: "error", responseCode: "20009", issueCode: "value", text, breaches, ...rest };
}

const required = { issueCode: "required" } as const;
const structure = { issueCode: "structure" } as const;

const types: Readonly<Record<string, readonly string[]>> = {
  "consultation-summary": ["371531000"],
  "online-consultation": ["149951000000107"],
};
const secondTypes = ["371531000", "149701000000109"];

const titles: Readonly<Record<string, string>> = {
  "consultation-summary": "Consultation report",
  "online-consultation": "Online consultation report",
};

const summaries: Readonly<Record<string, RegExp>> = {
  "consultation-summary":
    /^Consultation report for \S.*, NHS Number [\d ]{10,14}, seen at \S.*, ODS Code \S+, Version \d+$/,
  "online-consultation": /^Online consultation report for \S.*, NHS Number [\d ]{10,14}, Version \d+$/,
  generic: /^\S.* report for \S.*, NHS Number [\d ]{10,14}, Version \d+$/,
};
const confidentialSummary = /^Consultation report for \S.*, NHS Number [\d ]{10,14}, Version \d+$/;

function summaryPattern(context: CheckContext): RegExp | undefined {
  const confidential = context.message.composition?.confidentiality === "R";
  return confidential && context.useCase === "consultation-summary" ? confidentialSummary : summaries[context.useCase];
}

export const compositionRules: readonly Rule[] = [
  rule(
    { core: "002", cs: "017", oc: "001", ge: "001", scal: "GPCM-SD-104" },
    "The document has no Composition of the CareConnect profile.",
    ({ message, useCase }) =>
      useCase === "response"
        ? none
        : unless(hasProfile(message.composition, profiles.composition), message.document ?? message.bundle),
    { ...required, alsoShows: ["GPCM-SD-002"] },
  ),
  rule(
    { cs: "018", oc: "002", ge: "002" },
    "Composition.status is not final.",
    onComposition((composition) => unless(composition.status === "final", composition, "status")),
  ),
  rule(
    { cs: "019", oc: "003", ge: "003", scal: "GPCM-SD-115" },
    "Composition.type is not the SNOMED CT code of the document.",
    onComposition((composition, { generation, useCase }) => {
      const codes = generation === 2 && useCase !== "online-consultation" ? secondTypes : types[useCase];
      const holds =
        codes === undefined
          ? hasCoding(composition.type, systems.snomed)
          : codes.some((code) => hasCoding(composition.type, systems.snomed, code));
      return unless(holds, composition, "type");
    }),
    { issueCode: "code-invalid", alsoShows: ["FHIR-DOC-05"] },
  ),
  rule(
    { cs: "020", oc: "004", ge: "004" },
    "Composition.date is not the date and time at which the message was made.",
    onComposition((composition) => unless(composition.date?.includes("T") ?? false, composition, "date")),
  ),
  rule(
    { cs: "021", oc: "005", ge: "005" },
    "Composition.confidentiality is neither N nor R.",
    onComposition((composition) =>
      unless(
        composition.confidentiality === "N" || composition.confidentiality === "R",
        composition,
        "confidentiality",
      ),
    ),
  ),
  rule(
    { cs: "022", oc: "006", ge: "006" },
    "Composition.title is not that of the document.",
    onComposition((composition, { useCase }) => {
      const title = titles[useCase];
      return unless(
        title === undefined ? isText(composition.title) : composition.title === title,
        composition,
        "title",
      );
    }),
  ),
  rule(
    { cs: "023", oc: "007", ge: "007" },
    "Composition.text does not summarise the document in the words of the requirement.",
    onComposition((composition, context) =>
      unless(summaryPattern(context)?.test(plainText(composition.text?.div)) ?? true, composition, "text"),
    ),
  ),
  rule(
    { own: "Composition.text:practice" },
    "The practice in Composition.text is not the sending Organization.",
    onComposition((composition, context) => {
      const { custodian } = context.message;
      const text = plainText(composition.text?.div);
      // Text that is not in the words of the requirement is another rule's finding.
      if (custodian === undefined || !/, seen at /.test(text) || summaryPattern(context)?.test(text) !== true)
        return none;
      const said = [custodian.name, identifierOf(custodian.identifier, systems.odsOrganisation)];
      return unless(
        said.every((part) => text.includes(part ?? "")),
        composition,
        "text",
      );
    }),
  ),
  rule(
    { own: "Composition.text:nhs-number" },
    "The NHS number in Composition.text is not the Patient's.",
    onComposition((composition, { message }) => {
      const said = /NHS Number:? ([\d ]{10,14})/.exec(plainText(composition.text?.div))?.[1]?.replaceAll(" ", "");
      const number = identifierOf(message.patient?.identifier, systems.nhsNumber);
      return unless(said === undefined || number === undefined || said === number, composition, "text");
    }),
  ),
  rule(
    { core: "004", cs: "024", oc: "008", ge: "008", scal: "GPCM-SD-106" },
    "Composition.subject does not lead to a Patient of the CareConnect profile.",
    onComposition((composition, { references }) =>
      unless(
        references
          .candidates(composition.subject)
          .some((resource) => resource.resourceType === "Patient" && hasProfile(resource, profiles.patient)),
        composition,
        "subject",
      ),
    ),
    { ...structure, alsoShows: ["GPCM-SD-004", "GPCM-SD-OC-016", "GPCM-SD-GE-016"] },
  ),
  rule(
    { core: "005", cs: "025", oc: "009", ge: "009" },
    "Composition.author does not lead to an author of the kinds allowed.",
    onComposition((composition, { references, useCase }) => {
      const allowed: ReadonlySet<string> = new Set(
        useCase === "consultation-summary" ? ["Practitioner"] : ["Practitioner", "Patient", "RelatedPerson", "Device"],
      );
      const authors = (composition.author ?? []).flatMap((author) => references.candidates(author));
      return unless(
        authors.some((author) => allowed.has(author.resourceType)),
        composition,
        "author",
      );
    }),
    { ...structure, alsoShows: ["GPCM-SD-005"] },
  ),
  rule(
    { scal: "GPCM-SD-107" },
    "Composition.author does not lead to the sending Organization.",
    onComposition((composition, { references }) => {
      const authors = (composition.author ?? []).flatMap((author) => references.candidates(author));
      return unless(
        authors.some((author) => author.resourceType === "Organization"),
        composition,
        "author",
      );
    }),
    structure,
  ),
  rule(
    { core: "003", cs: "026", oc: "010", ge: "010", scal: "GPCM-SD-105" },
    "Composition.custodian does not lead to an Organization of the CareConnect profile.",
    onComposition((composition, { message }) =>
      unless(hasProfile(message.custodian, profiles.organization), composition, "custodian"),
    ),
    { ...structure, alsoShows: ["GPCM-SD-003", "GPCM-SD-CS-032", "GPCM-SD-OC-021", "GPCM-SD-GE-021"] },
  ),
  rule(
    { cs: "027", oc: "011", ge: "011", scal: "GPCM-SD-123" },
    "A later version does not say in Composition.relatesTo what it replaces.",
    onComposition((composition) => {
      const version = Number(/, Version:? (\d+)$/i.exec(plainText(composition.text?.div))?.[1] ?? "1");
      return unless(version <= 1 || (composition.relatesTo ?? []).length > 0, composition, "relatesTo");
    }),
    required,
  ),
  rule(
    { core: "038" },
    "Composition.relatesTo.code is not replaces.",
    onComposition((composition) =>
      (composition.relatesTo ?? []).flatMap((relation) => unless(relation.code === "replaces", relation, "code")),
    ),
  ),
  rule(
    { core: "039", scal: "GPCM-SD-123" },
    "Composition.relatesTo.targetIdentifier is not the UUID of the document replaced.",
    onComposition((composition) =>
      (composition.relatesTo ?? []).flatMap((relation) =>
        unless(isUuid(relation.targetIdentifier?.value), relation, "targetIdentifier"),
      ),
    ),
  ),
  rule(
    { own: "Send-Document-2:confidentiality" },
    "The consultation is confidential: Send Document 2 does not carry it (2.0.2).",
    onComposition((composition, { generation }) =>
      unless(generation === 1 || composition.confidentiality !== "R", composition, "confidentiality"),
    ),
    { issueCode: "business-rule" },
  ),
];

function isUuid(value: string | undefined): boolean {
  return /^(?:urn:uuid:)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value ?? "");
}
