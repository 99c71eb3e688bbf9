// The Composition: what the document says of itself.
import { isConfidential } from "../../message/confidential.ts";
import { profiles, systems } from "../../names.ts";
import type { Coding, Patient, Resource } from "../../stu3/types.ts";
import { mayFollow } from "../claimed-profiles.ts";
import { hasCoding, identifierOf, isText, none, onComposition, unless } from "../look.ts";
import type { CheckContext, Rule } from "../rule.ts";
import { ofDocuments, ruleMaker } from "../rule-maker.ts";
import { everyAt } from "./clinical/paths.ts";

const rule = ruleMaker({ responseCode: "20009", issueCode: "value" });

const required = { issueCode: "required" } as const;
const structure = { issueCode: "structure" } as const;
const leading = { ...structure, leads: true } as const;

const types: Readonly<Record<string, readonly string[]>> = {
  "consultation-summary": ["371531000"],
  "online-consultation": ["149951000000107"],
};
/** Approved for Send Document 2; an online consultation keeps its own beside them. */
const secondTypes = ["371531000", "149701000000109"];

const titles: Readonly<Record<string, string>> = {
  "consultation-summary": "Consultation report",
  "online-consultation": "Online consultation report",
};

const authorProfiles: ReadonlyMap<Resource["resourceType"], string> = new Map([
  ["Practitioner", profiles.practitioner],
  ["Patient", profiles.patient],
  ["RelatedPerson", profiles.relatedPerson],
  ["Device", profiles.device],
]);

function authorsOf({ message, references }: CheckContext): readonly Resource[] {
  return (message.composition?.author ?? []).flatMap((author) => references.candidates(author));
}

/** Where the message tells of what type the patient's registration is, that one is Regular: R (GMS/PMS). */
function mayBeRegular(patient: Patient): boolean {
  const path = "extension:RegistrationDetails.extension:registrationType.valueCodeableConcept.coding";
  const codings = everyAt({ ...patient }, path) as readonly Coding[];
  return codings.length === 0 || codings.some(({ code }) => code === "R");
}

export const compositionRules: readonly Rule[] = [
  rule(
    { core: "002", cs: "017", oc: "001", ge: "001", scal: "GPCM-SD-104" },
    "The document must hold a Composition of the CareConnect profile.",
    "The document has no Composition of the CareConnect profile.",
    ({ message: { document, composition } }) =>
      document === undefined ? none : unless(mayFollow(composition, profiles.composition), document),
    { ...required, asked: ofDocuments, alsoShows: ["GPCM-SD-002"] },
  ),
  rule(
    { cs: "018", oc: "002", ge: "002" },
    "Composition.status must be final.",
    "Composition.status is not final.",
    onComposition((composition) => unless(composition.status === "final", composition, "status")),
  ),
  rule(
    { cs: "019", oc: "003", ge: "003", scal: "GPCM-SD-115" },
    "Composition.type must be the SNOMED CT code of the document: 371531000 for a consultation, 149951000000107 for an online consultation; in Send Document 2 also 149701000000109.",
    "Composition.type is not the SNOMED CT code of the document.",
    onComposition((composition, { generation, useCase }) => {
      const own = types[useCase];
      const codes = generation === 2 ? [...secondTypes, ...(own ?? [])] : own;
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
    "Composition.date must be the date and time at which the message was made.",
    "Composition.date is not the date and time at which the message was made.",
    onComposition((composition, { message: { header } }) => {
      const { date } = composition;
      const { timestamp } = header;
      const made = Date.parse(timestamp ?? "");
      // A copy is made later than its document; nothing is made earlier.
      const later = Number.isFinite(made) && Date.parse(date ?? "") > made;
      return unless(date?.includes("T") === true && !later, composition, "date");
    }),
  ),
  rule(
    { cs: "021", oc: "005", ge: "005" },
    "Composition.confidentiality must be N, or R for a confidential document.",
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
    "Composition.title must be Consultation report, Online consultation report, or the name of a generic document.",
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
    { core: "004", cs: "024", oc: "008", ge: "008", scal: "GPCM-SD-106" },
    "Composition.subject must lead to a Patient of the CareConnect profile.",
    "Composition.subject does not lead to a Patient of the CareConnect profile.",
    onComposition((composition, { references }) =>
      unless(
        references
          .candidates(composition.subject)
          .some((resource) => resource.resourceType === "Patient" && mayFollow(resource, profiles.patient)),
        composition,
        "subject",
      ),
    ),
    { ...leading, alsoShows: ["GPCM-SD-004", "GPCM-SD-OC-016", "GPCM-SD-GE-016"] },
  ),
  rule(
    { core: "005", cs: "025", oc: "009", ge: "009" },
    "Composition.author must lead to who wrote the document: a CareConnect Practitioner; for other documents than a consultation summary also a CareConnect Patient or RelatedPerson, or an ITK3 Device.",
    "Composition.author does not lead to an author of the kinds and profiles allowed.",
    onComposition((composition, context) => {
      const holds = authorsOf(context).some((author) => {
        const profile = authorProfiles.get(author.resourceType);
        const allowed = context.useCase !== "consultation-summary" || author.resourceType === "Practitioner";
        return allowed && profile !== undefined && mayFollow(author, profile);
      });
      return unless(holds, composition, "author");
    }),
    { ...leading, alsoShows: ["GPCM-SD-005"] },
  ),
  rule(
    { scal: "GPCM-SD-107" },
    "Composition.author must lead to the sending Organization.",
    "Composition.author does not lead to the sending Organization.",
    onComposition((composition, context) => {
      const { custodian } = context.message;
      const code = identifierOf(custodian?.identifier, systems.odsOrganisation);
      // Without a custodian, which is another rule's finding, nothing says which organisation sends.
      const holds = authorsOf(context).some(
        (author) =>
          author === custodian ||
          (author.resourceType === "Organization" &&
            mayFollow(author, profiles.organization) &&
            (custodian === undefined || identifierOf(author.identifier, systems.odsOrganisation) === code)),
      );
      return unless(holds, composition, "author");
    }),
    leading,
  ),
  rule(
    { own: "CareConnect-Composition-1:author" },
    "Everyone whom Composition.author names must be a Practitioner, Patient, RelatedPerson or Device; in Send Document 2 also an Organization.",
    "Composition.author leads to something that cannot be an author.",
    onComposition((composition, context) => {
      const wrong = authorsOf(context).some(
        ({ resourceType }) =>
          !authorProfiles.has(resourceType) && !(context.generation === 2 && resourceType === "Organization"),
      );
      return unless(!wrong, composition, "author");
    }),
    leading,
  ),
  rule(
    { core: "003", cs: "026", oc: "010", ge: "010", scal: "GPCM-SD-105" },
    "Composition.custodian must lead to the sending Organization, of the CareConnect profile.",
    "Composition.custodian does not lead to an Organization of the CareConnect profile.",
    onComposition((composition, { message }) =>
      unless(mayFollow(message.custodian, profiles.organization), composition, "custodian"),
    ),
    { ...leading, alsoShows: ["GPCM-SD-003", "GPCM-SD-CS-032", "GPCM-SD-OC-021", "GPCM-SD-GE-021"] },
  ),
  rule(
    { own: "Send-Document:sender" },
    "The sender in the message's header should be the custodian of the document: both are the sending organisation.",
    "MessageHeader.sender and Composition.custodian have different ODS codes.",
    onComposition((composition, { message: { sender, custodian } }) => {
      const said = sender?.resourceType === "Organization" ? sender.identifier : undefined;
      const codes = [said, custodian?.identifier].map((identifier) =>
        identifierOf(identifier, systems.odsOrganisation),
      );
      return unless(!codes.every(isText) || codes[0] === codes[1], composition, "custodian");
    }),
    { severity: "warning", ...structure },
  ),
  rule(
    { cs: "071", scal: "GPCM-SD-083" },
    "A consultation summary must not be sent by the practice where the patient has a regular registration: it keeps the record already.",
    "The Patient's registered practice is the sending Organization.",
    ({ message: { patient, custodian }, references }) => {
      const code = identifierOf(custodian?.identifier, systems.odsOrganisation);
      if (patient === undefined || code === undefined || !mayBeRegular(patient)) return none;
      const own = (patient.generalPractitioner ?? []).some((reference) =>
        references
          .candidates(reference)
          .some(
            (practice) =>
              practice.resourceType === "Organization" &&
              identifierOf(practice.identifier, systems.odsOrganisation) === code,
          ),
      );
      return unless(!own, patient, "generalPractitioner");
    },
    { issueCode: "business-rule" },
  ),
  rule(
    { own: "Send-Document-2:confidentiality" },
    "A confidential consultation must not be sent by Send Document 2 (2.0.2).",
    "The consultation is confidential: Send Document 2 does not carry it (2.0.2).",
    onComposition((composition) => unless(!isConfidential(composition), composition, "confidentiality")),
    { issueCode: "business-rule", asked: ({ generation }) => generation === 2 },
  ),
];
