// The kinds of fault for which docs/strictness.md says what each strictness answers: one message of each.
import { Buffer } from "node:buffer";
import {
  businessResponse,
  type CheckOptions,
  consultationSummary,
  infrastructureResponse,
  type ReadOptions,
  type ResponseInput,
} from "@restante/itk3";
import { consultation } from "../consultation.ts";

export interface Kind {
  /** Goes on from "A message". */
  what: string;
  bytes: Uint8Array;
  options?: CheckOptions;
  reading?: ReadOptions;
}

const built = consultationSummary(consultation());
const valid = built.xml;
const envelope = { workflowId: built.envelope.workflowId, subject: built.envelope.subject, from: "X26OT001" };

function kind(what: string, xml: string, rest: Pick<Kind, "options" | "reading"> = {}): Kind {
  return { what, bytes: Buffer.from(xml), ...rest };
}

/** The valid message, changed in one place or more. */
function changed(what: string, ...changes: readonly (readonly [from: string | RegExp, to: string])[]): Kind {
  const xml = changes.reduce((text, [from, to]) => {
    const next = text.replace(from, to);
    if (next === text) throw new Error(`Nothing to change for: ${what}`);
    return next;
  }, valid);
  return kind(what, xml);
}

/** Nothing but its title says what it is. */
const guessed = valid
  .replace(/SendDocument-ConsultationReport/, "None")
  .replace(/371531000/, "25831000000103")
  .replace(/Consultation report for/g, "For");

/** Every entry with a resource of this type. */
function entries(type: string): RegExp {
  const resource = `<resource>\\s*<${type}>[\\s\\S]*?</${type}>\\s*</resource>`;
  return new RegExp(`<entry>\\s*<fullUrl[^>]*>\\s*${resource}\\s*</entry>`, "g");
}

const report = /(<contentType value="application\/pdf"\/>\s*<content value=)"[^"]*"/;
const picture = /(<contentType value="image\/png"\/>\s*<content value=)"[^"]*"/;
const title = [/<title value="Consultation report"\/>(?=\s*<confid)/, '<title value="Letter"/>'] as const;

function flag(name: string, value: string): readonly [RegExp, string] {
  return [new RegExp(`(${name}">\\s*<valueBoolean value=)"true"`), `$1"${value}"`];
}

function response(diagnostics: string): ResponseInput {
  return {
    now: new Date("2026-01-05T11:00:00Z"),
    request: { headerId: "00000000-0000-4000-8000-000000000002" },
    code: "20013",
    diagnostics,
    responder: { odsCode: "Y90002", mailboxId: "X26OT002" },
  };
}

const conforming: readonly Kind[] = [
  kind("that conforms", valid, { options: { envelope } }),
  changed("whose Practitioner has no telephone number (a warning)", [
    /<telecom>\s*<system value="phone"\/>\s*<value value="0113 496 0001"\/>\s*<use value="work"\/>\s*<\/telecom>/,
    "",
  ]),
  changed("with a modifier that is not known (a person must look)", [
    /(CareConnect-Encounter-1"\/>\s*<\/meta>)/,
    '$1<modifierExtension url="https://example.org/not-known"><valueBoolean value="true"/></modifierExtension>',
  ]),
  changed("with its elements in another order than STU3's (a warning)", [
    /(<source>[\s\S]*?<\/source>)(\s*)(<focus>[\s\S]*?<\/focus>)/,
    "$3$2$1",
  ]),
];

const unacceptable: readonly Kind[] = [
  kind("larger than the limit", valid, { reading: { maxBytes: 1000 } }),
  kind(
    "with more elements than the limit allows",
    `<Bundle xmlns="http://hl7.org/fhir">${"<entry/>".repeat(700)}</Bundle>`,
    {
      reading: { maxBytes: 10_000 },
    },
  ),
  changed("that is cut off", [/<section>[\s\S]*$/, ""]),
  changed("with a DOCTYPE", [/^/, "<!DOCTYPE Bundle>"]),
  changed("with active content in a narrative", [/<p>/, "<p onclick='x'>"]),
  changed("without MessageHeader", [entries("MessageHeader"), ""]),
  changed("without MessageHeader.id", [/(<MessageHeader>\s*)<id value="[^"]*"\/>/, "$1"]),
  changed("of another event", ['code value="ITK007C"', 'code value="ITK003D"']),
  changed("without a document", [entries("Bundle"), ""]),
  changed("with a second document", [
    /(<entry>\s*<fullUrl[^>]*>\s*<resource>\s*<Bundle>[\s\S]*<\/Bundle>\s*<\/resource>\s*<\/entry>)/,
    "$1$1",
  ]),
  changed("whose header is about something beside its document", [
    /(<focus>[\s\S]*?<\/focus>)/,
    `$1<focus><reference value="${/<sender>\s*<reference value="([^"]*)"/.exec(valid)?.[1]}"/></focus>`,
  ]),
  changed("whose document has no id", [/(<Bundle>\s*)<id value="[^"]*"\/>/, "$1"]),
  changed("without Composition", [entries("Composition"), ""]),
  changed("with a second Composition", [
    /(<entry>\s*<fullUrl[^>]*>\s*<resource>\s*<Composition>[\s\S]*?<\/Composition>\s*<\/resource>\s*<\/entry>)/,
    "$1$1",
  ]),
  kind(
    "of Send Document 2 that is confidential",
    consultationSummary(consultation({ confidential: true, attachments: [] })).xml,
    { options: { generation: 2 } },
  ),
  changed("without Patient", [entries("Patient"), ""]),
  changed("no section of which leads to a document", [entries("Binary"), ""]),
  changed("whose report is a resource that STU3 does not know, with a picture behind it", [
    /<Binary>((?:(?!<\/Binary>)[\s\S])*application\/pdf[\s\S]*?)<\/Binary>/,
    "<Letter>$1</Letter>",
  ]),
  changed("whose report is empty or no base64", [report, '$1"%%%"']),
];

const handling: readonly Kind[] = [
  changed("without LocalExtension", [/<extension url="LocalExtension">[\s\S]*?<\/extension>/, ""]),
  changed("whose LocalExtension is that of another use case", [
    "SendDocument-ConsultationReport",
    "SendDocument-ConsultationSummary",
  ]),
  changed("whose InfAckRequested cannot be read", flag("InfAckRequested", "perhaps")),
  changed("without InfAckRequested", [/<extension url="InfAckRequested">[\s\S]*?<\/extension>/, ""]),
  changed("without BusAckRequested", [/<extension url="BusAckRequested">[\s\S]*?<\/extension>/, ""]),
  changed("of another MessageDefinition", ["ITK-GPConnectSendDocument-MessageDefinition-1", "Another"]),
  changed("whose SenderReference names no encounter", ["encounter-0001", "None"]),
  changed("whose InfAckRequested is false", flag("InfAckRequested", "false")),
  changed("whose BusAckRequested is false", flag("BusAckRequested", "false")),
  changed("whose RecipientType is unknown", ['<code value="FA"/>', '<code value="XX"/>']),
];

const header: readonly Kind[] = [
  changed("whose event has another display", ["ITK GP Connect Send Document", "Another"]),
  changed("whose sender has an extension that the header's profile does not allow", [
    /(CareConnect-ITK-Header-Organization-1"\/>\s*<\/meta>)/,
    '$1<extension url="https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-MainLocation-1"><valueReference><display value="x"/></valueReference></extension>',
  ]),
  changed("whose source names no mailbox", ['<endpoint value="X26OT001"/>', '<endpoint value="mailto:a@b.example"/>']),
  changed("without the message Bundle's identifier", [/<identifier>[\s\S]*?<\/identifier>/, ""]),
  changed("whose header has a destination", [
    /<sender>/,
    '<destination><endpoint value="X26OT002"/></destination><sender>',
  ]),
  changed("with an element in its header that STU3 does not know", [/<sender>/, '<colour value="red"/><sender>']),
  kind("with a Subject in other words than the requirement's", valid, {
    options: { envelope: { ...envelope, subject: "Consultation report, Version 1" } },
  }),
  kind("on another workflow than that of its use case", valid, {
    options: { envelope: { ...envelope, workflowId: "TOC_FHIR_IP_DISCH" } },
  }),
];

const payload: readonly Kind[] = [
  changed("with another title than its use case's", title),
  changed("of another type than its use case's", ["371531000", "25831000000103"]),
  changed("whose Composition is not final", ['<status value="final"/>', '<status value="preliminary"/>']),
  changed("whose Patient's NHS number fails its check digit", [/9000000009/g, "9000000008"]),
  changed("whose NHS number has no verification status", [
    /(<Patient>[\s\S]*?<identifier>\s*)<extension[\s\S]*?<\/extension>/,
    "$1",
  ]),
  changed("whose Patient has an extension of CareConnect twice", [
    /(CareConnect-Patient-1"\/>\s*<\/meta>)/,
    `$1${'<extension url="https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-EthnicCategory-1"><valueCodeableConcept><text value="x"/></valueCodeableConcept></extension>'.repeat(2)}`,
  ]),
  changed("whose document Bundle has a total", [/(<type value="document"\/>)/, '$1<total value="1"/>']),
  changed("that breaks an invariant of FHIR (a contact point has a value and no system)", [
    /<system value="phone"\/>(\s*<value value="0113 496 0001"\/>)/,
    "$1",
  ]),
  changed("with a reference to a resource of a wrong type", [
    /(<encounter>\s*<reference value="urn:uuid:[\d-]*)07"/,
    '$106"',
  ]),
  changed("with a SNOMED CT code that fails its check digit", ["371531000", "371531001"]),
  changed("with a date that is none", [/<birthDate value="1980-02-03"\/>/, '<birthDate value="03/02/1980"/>']),
  changed("with an element in its document that STU3 does not know", [/<gender/, '<colour value="red"/><gender']),
  changed("with a damaged attachment behind a whole report", [picture, '$1"%%%"']),
];

const notTaken = { doesNotTake: ["consultation-summary"] } as const;

const ofItsKind: readonly Kind[] = [
  kind("of a kind that is not taken", valid, { options: notTaken }),
  kind("of another kind than those that are not taken", valid, {
    options: { doesNotTake: ["online-consultation", "generic"] },
  }),
  { ...changed("of a kind that is not taken, whose title is of another", title), options: notTaken },
  kind("of which only a guess says that it is of a kind that is not taken", guessed, { options: notTaken }),
  { ...changed("of a kind that is not taken, without Patient", [entries("Patient"), ""]), options: notTaken },
  {
    ...changed("of a kind that is not taken, whose InfAckRequested is false", flag("InfAckRequested", "false")),
    options: notTaken,
  },
];

const several: readonly Kind[] = [
  changed("with another title and an InfAckRequested that is false", title, flag("InfAckRequested", "false")),
  changed("with another title and a header with a destination", title, [
    /<sender>/,
    '<destination><endpoint value="X26OT002"/></destination><sender>',
  ]),
  changed("with another title and no Patient", title, [entries("Patient"), ""]),
];

const responses: readonly Kind[] = [
  kind("that is an infrastructure response", infrastructureResponse(response("Found in a test.")).xml),
  kind("that is a business response", businessResponse({ ...response("Found in a test."), code: "30002" }).xml),
  kind(
    "that is a response, and breaks a requirement",
    infrastructureResponse(response("Found in a test.")).xml.replace("Found in a test.", "NHS number 9000000009."),
  ),
  kind("that came on a workflow of acknowledgements", valid, {
    options: { envelope: { workflowId: "GPFED_CONSULT_REPORT_ACK" } },
  }),
];

/** In the order of the page. */
export const kinds: ReadonlyMap<string, readonly Kind[]> = new Map([
  ["What breaks no requirement that must be met", conforming],
  ["What is not acceptable", unacceptable],
  ["How it is to be handled", handling],
  ["Its header, and the envelope that it came in", header],
  ["Its document", payload],
  ["Of its kind", ofItsKind],
  ["Several faults", several],
  ["Responses", responses],
]);
