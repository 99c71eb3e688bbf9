// The envelope held against the message in it. Its subject: words.ts.
import { ackWorkflow, isNhsNumber, isRoutingAddress, normaliseName, parseRoutingAddress } from "@restante/mesh";
import { systems } from "../../names.ts";
import { isOfOneGeneration } from "../kind.ts";
import { identifierOf, isText, mailboxIn, none, officialFamily, unless, wholeDate } from "../look.ts";
import type { Breach, CheckContext, EnvelopeToCheck, Rule } from "../rule.ts";
import { ofDocuments, ofResponses, ruleMaker } from "../rule-maker.ts";

const make = ruleMaker({ responseCode: "20006", issueCode: "processing" }, ofDocuments);

/** Looks at one field of the envelope, where the message is a document and came with that field. */
function rule(
  field: keyof EnvelopeToCheck,
  numbers: Rule["numbers"],
  requirement: string,
  text: string,
  holds: (value: string, context: CheckContext) => boolean,
  alsoShows: readonly string[] = [],
): Rule {
  const breaches = ({ envelope, ...rest }: CheckContext): readonly Breach[] => {
    const value = envelope?.[field];
    return envelope === undefined || value === undefined
      ? none
      : unless(holds(value, { envelope, ...rest }), envelope, field);
  };
  return make(numbers, requirement, text, breaches, { alsoShows });
}

const responseWorkflows: ReadonlySet<string> = new Set(
  ["GPFED_CONSULT_REPORT", "GPCONNECT_SEND_DOCUMENT", "DF_ONLINE_CONSULTATION"].map(ackWorkflow),
);

function workflowsOf({ generation, useCase }: CheckContext): readonly string[] {
  if (generation === 1) return ["GPFED_CONSULT_REPORT"];
  return useCase === "online-consultation"
    ? ["DF_ONLINE_CONSULTATION", "GPCONNECT_SEND_DOCUMENT"]
    : ["GPCONNECT_SEND_DOCUMENT"];
}

/** Only these are sent to a mailbox that was looked up: everything else goes to the registered practice. */
function mayGoElsewhere({ generation, useCase, envelope }: CheckContext): boolean {
  if (generation === 1) return useCase !== "consultation-summary";
  return useCase === "online-consultation" && envelope?.workflowId !== "GPCONNECT_SEND_DOCUMENT";
}

/** Whether the document is sent, as far as its envelope is known, to a mailbox that was looked up. */
export function goesToMailbox(context: CheckContext): boolean {
  const to = context.envelope?.to;
  return mayGoElsewhere(context) && (to === undefined || !isRoutingAddress(to));
}

/** No address of a patient by another name: `gpprovider_...`, or one that lacks its first part. */
function isMailboxId(to: string): boolean {
  return /^[A-Z0-9_-]{1,100}$/i.test(to) && !/^(?:gpprovider|\d{10}_)/i.test(to);
}

export const envelopeRules: readonly Rule[] = [
  rule(
    "workflowId",
    { cs: "061", oc: "160", ge: "287", scal: "GPCM-SD-057" },
    "The workflow must be GPFED_CONSULT_REPORT in 1.x; GPCONNECT_SEND_DOCUMENT, or DF_ONLINE_CONSULTATION for an online consultation, in Send Document 2.",
    "The workflow is not that of the use case.",
    (workflowId, context) => workflowsOf(context).includes(workflowId),
  ),
  rule(
    "workflowId",
    { own: "Send-Document:generation" },
    "Workflow and LocalExtension must be of one generation: GPFED_CONSULT_REPORT and SendDocument-..., or a workflow of Send Document 2 and None.",
    "The workflow is of one generation and LocalExtension of the other: one of them is wrong, and more that is found may follow from it.",
    (workflowId, { message }) => isOfOneGeneration(workflowId, message.handling.localExtension),
  ),
  rule(
    "from",
    { cs: "063", oc: "165", ge: "293", scal: "GPCM-SD-059" },
    "The mailbox that sends the message must be the one that MessageHeader.source names.",
    "The mailbox that sent the message is not the one in MessageHeader.source.",
    (from, { message }) => (mailboxIn(message.sourceMailbox) ?? from.toUpperCase()) === from.toUpperCase(),
    ["GPCM-SD-CS-066", "GPCM-SD-OC-162", "GPCM-SD-GE-289"],
  ),
  rule(
    "to",
    { cs: "064", oc: "166", ge: "294", scal: "GPCM-SD-060" },
    "The address must be GPPROVIDER with NHS number, date of birth and surname, by which MESH finds the registered practice; online consultations, and generic documents of 1.x, may go to a mailbox instead.",
    "The address is neither GPPROVIDER with NHS number, date of birth and surname nor a mailbox that may be sent to.",
    (to, context) => {
      if (!isRoutingAddress(to)) return mayGoElsewhere(context) && isMailboxId(to);
      const address = parseRoutingAddress(to);
      return address !== undefined && address.dateOfBirth !== undefined && address.surname !== "";
    },
    ["GPCM-SD-CS-067", "GPCM-SD-OC-163", "GPCM-SD-GE-290", "SCAL-GPCM-SD-063", "GPCM-SD-CS-060", "SCAL-GPCM-SD-056"],
  ),
  rule(
    "to",
    { cs: "042", oc: "020", ge: "020", scal: "GPCM-SD-038" },
    "NHS number, date of birth and surname in the address must be the Patient's.",
    "NHS number, date of birth or surname in the address is not the Patient's.",
    (to, { message: { patient } }) => {
      const address = isRoutingAddress(to) ? parseRoutingAddress(to) : undefined;
      if (address === undefined || patient === undefined) return true;
      const number = identifierOf(patient.identifier, systems.nhsNumber) ?? "";
      const { birthDate = "" } = patient;
      const family = officialFamily(patient);
      // What the Patient does not say, or not rightly, is a finding of its own.
      return (
        (!isNhsNumber(number) || address.nhsNumber === number) &&
        (!wholeDate.test(birthDate) || address.dateOfBirth === birthDate) &&
        (!isText(family) || normaliseName(address.surname) === normaliseName(family ?? ""))
      );
    },
  ),
  rule(
    "localId",
    { cs: "079", oc: "174", ge: "296" },
    "LocalId must be the ODS code of the sending organisation.",
    "LocalId is not the ODS code of the sending organisation.",
    (localId, { message: { custodian, sender } }) => {
      const said = sender?.resourceType === "Organization" ? sender.identifier : undefined;
      const codes = [custodian?.identifier, said].flatMap(
        (identifier) => identifierOf(identifier, systems.odsOrganisation) ?? [],
      );
      return codes.length === 0 || codes.some((code) => code.toUpperCase() === localId.toUpperCase());
    },
    ["GPCM-SD-CS-080", "GPCM-SD-OC-175", "GPCM-SD-GE-292"],
  ),
  {
    numbers: { cs: "062" },
    asked: ofResponses,
    alsoShows: ["GPCM-SD-OC-161", "GPCM-SD-GE-288"],
    severity: "error",
    responseCode: "20006",
    issueCode: "processing",
    requirement: "The workflow of a response must be that of the request with _ACK behind it.",
    text: "The workflow of a response is none of the acknowledgements of Send Document.",
    breaches: ({ envelope }): readonly Breach[] =>
      envelope?.workflowId === undefined
        ? none
        : unless(responseWorkflows.has(envelope.workflowId), envelope, "workflowId"),
  },
];
