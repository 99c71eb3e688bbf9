// The envelope held against the message in it.
import { isAckWorkflow, isRoutingAddress, parseRoutingAddress } from "@restante/mesh";
import { systems } from "../../names.ts";
import { identifierOf, none, officialFamily, plainText, unless } from "../look.ts";
import type { Breach, CheckContext, EnvelopeToCheck, Rule } from "../rule.ts";

/** Looks at one field of the envelope, where the message is a document and came with that field. */
function rule(
  field: keyof EnvelopeToCheck,
  numbers: Rule["numbers"],
  text: string,
  holds: (value: string, context: CheckContext) => boolean,
  alsoShows: readonly string[] = [],
): Rule {
  return {
    numbers,
    alsoShows,
    severity: "error",
    responseCode: "20006",
    issueCode: "processing",
    text,
    breaches: (context): readonly Breach[] => {
      const value = context.envelope?.[field];
      if (value === undefined || context.envelope === undefined || context.useCase === "response") return none;
      return unless(holds(value, context), context.envelope, field);
    },
  };
}

const workflows = (context: CheckContext): readonly string[] => {
  if (context.generation === 1) return ["GPFED_CONSULT_REPORT"];
  return context.useCase === "online-consultation"
    ? ["DF_ONLINE_CONSULTATION", "GPCONNECT_SEND_DOCUMENT"]
    : ["GPCONNECT_SEND_DOCUMENT"];
};

// A confidential consultation of 1.x leaves the practice out. CS-065 lacks the version, CS-006 demands it: that is a rule of its own.
const firstSubjects: Readonly<Record<string, RegExp>> = {
  "consultation-summary":
    /^Consultation report for \S.*, NHS Number [\d ]{10,14}, seen at \S.*, ODS Code \S+(?:, Version \d+)?$/,
  "online-consultation":
    /^Online consultation report for \S.*, NHS Number [\d ]{10,14}, ODS Code \S+(?:, Version \d+)?$/,
  generic: /^\S.* report for \S.*, NHS Number [\d ]{10,14}, ODS Code \S+(?:, Version \d+)?$/,
};
const confidentialSubject = /^\S.* for \S.*, NHS Number [\d ]{10,14}(?:, Version \d+)?$/;
const secondSubject = /^\S.* for \S.*, NHS Number: [\d ]{10,14}, seen at \S.*, (?:ODS code: )?\S+, version:? \d+$/i;

function subjectPattern(context: CheckContext): RegExp | undefined {
  if (context.generation === 2) return secondSubject;
  return context.message.composition?.confidentiality === "R" ? confidentialSubject : firstSubjects[context.useCase];
}

const versionOf = (text: string): string | undefined => /, Version:? (\d+)$/i.exec(text.slice(0, 4000))?.[1];

const letters = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\p{L}]/gu, "")
    .toUpperCase();

export const envelopeRules: readonly Rule[] = [
  rule(
    "workflowId",
    { cs: "061", oc: "160", ge: "287", scal: "GPCM-SD-057" },
    "The workflow is not that of the use case.",
    (workflowId, context) => workflows(context).includes(workflowId),
  ),
  rule(
    "from",
    { cs: "063", oc: "165", ge: "293", scal: "GPCM-SD-059" },
    "The mailbox that sent the message is not the one in MessageHeader.source.",
    (from, { message }) => message.sourceMailbox?.toUpperCase() === from.toUpperCase(),
    ["GPCM-SD-CS-066", "GPCM-SD-OC-162", "GPCM-SD-GE-289"],
  ),
  rule(
    "to",
    { cs: "064", oc: "166", ge: "294", scal: "GPCM-SD-060" },
    "The address is not GPPROVIDER with NHS number, date of birth and surname.",
    (to, { useCase }) => {
      const address = isRoutingAddress(to) ? parseRoutingAddress(to) : undefined;
      // An online consultation may go to a mailbox that was looked up (GPCM-SD-OC-163).
      if (!isRoutingAddress(to)) return useCase !== "consultation-summary";
      return address !== undefined && address.dateOfBirth !== undefined && address.surname !== "";
    },
    ["GPCM-SD-CS-067", "GPCM-SD-OC-163", "GPCM-SD-GE-290", "SCAL-GPCM-SD-063", "GPCM-SD-CS-060", "SCAL-GPCM-SD-056"],
  ),
  rule(
    "to",
    { cs: "042", oc: "020", ge: "020", scal: "GPCM-SD-038" },
    "NHS number, date of birth or surname in the address are not the Patient's.",
    (to, { message: { patient } }) => {
      const address = isRoutingAddress(to) ? parseRoutingAddress(to) : undefined;
      if (address === undefined || patient === undefined) return true;
      return (
        address.nhsNumber === identifierOf(patient.identifier, systems.nhsNumber) &&
        address.dateOfBirth === patient.birthDate &&
        letters(address.surname) === letters(officialFamily(patient) ?? "")
      );
    },
  ),
  rule(
    "subject",
    { cs: "065", oc: "167", ge: "295", scal: "GPCM-SD-061" },
    "The subject is not in the words of the requirement.",
    (subject, context) => subject.length <= 500 && (subjectPattern(context)?.test(subject) ?? true),
    ["GPCM-SD-CS-068", "GPCM-SD-OC-164", "GPCM-SD-GE-291", "SCAL-GPCM-SD-062", "SCAL-GPCM-SD-064"],
  ),
  rule(
    "subject",
    { cs: "006", scal: "GPCM-SD-091" },
    "The subject does not end with the version that Composition.text gives.",
    (subject, { message: { composition } }) => {
      const version = versionOf(plainText(composition?.text?.div));
      return version === undefined || versionOf(subject) === version;
    },
  ),
  rule(
    "localId",
    { cs: "079", oc: "174", ge: "296" },
    "LocalId is not the ODS code of the sending organisation.",
    (localId, { message: { custodian } }) =>
      custodian === undefined || localId === identifierOf(custodian.identifier, systems.odsOrganisation),
    ["GPCM-SD-CS-080", "GPCM-SD-OC-175", "GPCM-SD-GE-292"],
  ),
  {
    numbers: { cs: "062" },
    alsoShows: ["GPCM-SD-OC-161", "GPCM-SD-GE-288"],
    severity: "error",
    responseCode: "20006",
    issueCode: "processing",
    text: "The workflow of a response is not that of acknowledgements.",
    breaches: ({ envelope, useCase }): readonly Breach[] =>
      useCase !== "response" || envelope?.workflowId === undefined
        ? none
        : unless(isAckWorkflow(envelope.workflowId), envelope, "workflowId"),
  },
];
