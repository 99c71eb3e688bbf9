import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  type BuiltMessage,
  businessResponse,
  check,
  type CheckResult,
  consultationSummary,
  genericDocument,
  onlineConsultation,
  readMessage,
  responseCodes,
  writeJson,
  infrastructureAnswer,
  infrastructureResponse,
} from "@restante/itk3";
import { assertClean } from "../clean.ts";
import { consultation, countingIds, genericInput, receipt } from "../consultation.ts";

function checked(xml: string, options: Parameters<typeof check>[1] = {}): CheckResult {
  return check(readMessage(Buffer.from(xml)), options);
}

function withEnvelope(built: BuiltMessage): CheckResult {
  const { workflowId, subject, localId, to } = built.envelope;
  return checked(built.xml, { envelope: { workflowId, subject, localId, to, from: "X26OT001" } });
}

test(
  "every document that is built passes its own check with its envelope, with no finding at all",
  { tags: ["GPCM-C-02", "SCAL-GPCM-C-2"] },
  () => {
    for (const generation of [1, 2] as const) {
      for (const changes of [{}, { version: 2, replaces: "00000000-0000-4000-8000-00000000aaaa" }]) {
        const input = { generation, ...changes };
        assertClean(withEnvelope(consultationSummary(consultation(input))));
        assertClean(withEnvelope(onlineConsultation(consultation(input))));
        assertClean(withEnvelope(genericDocument(genericInput(input))));
        assertClean(withEnvelope(onlineConsultation(consultation({ ...input, recipientType: "FI" }))));
      }
    }
    const confidential = consultationSummary(consultation({ confidential: true, attachments: [] }));
    assertClean(withEnvelope(confidential));
  },
);

test("every response that is built passes its own check", { tags: ["GPCM-C-02", "SCAL-GPCM-C-2"] }, () => {
  for (const { code, level } of responseCodes.values()) {
    const build = level === "business" ? businessResponse : infrastructureResponse;
    const built = build({
      now: new Date("2026-01-05T11:00:00Z"),
      ids: countingIds(),
      request: { headerId: "0b1c2d3e-0000-4000-8000-000000000001" },
      code,
      diagnostics: "Found in a test.",
      responder: { odsCode: "Y90002", mailboxId: "X26OT002" },
    });
    assertClean(checked(built.xml));
  }
});

const valid = consultationSummary(consultation()).xml;

/** A message broken in one place still goes to a person, and the finding says what is wrong. */
const departures: readonly (readonly [what: string, id: string, from: string | RegExp, to: string])[] = [
  ["another LocalExtension", "GPCM-SD-CS-048", "SendDocument-ConsultationReport", "SendDocument-ConsultationSummary"],
  ["a business flag that is false", "GPCM-SD-CS-044", /(BusAckRequested">\s*<valueBoolean value=)"true"/, '$1"false"'],
  ["no sender reference", "GPCM-SD-CS-046", "encounter-0001", "None"],
  ["an NHS number that fails its check digit", "GPCM-SD-CS-039", /9000000009/g, "9000000008"],
  [
    "a title of its own",
    "GPCM-SD-CS-022",
    /<title value="Consultation report"\/>(?=\s*<confid)/,
    '<title value="Letter"/>',
  ],
  ["a status that is not final", "GPCM-SD-CS-018", '<status value="final"/>', '<status value="preliminary"/>'],
  ["no SDS user id", "GPCM-SD-CS-036", "https://fhir.nhs.uk/Id/sds-user-id", "https://example.org/user"],
  [
    "no telephone of the organisation",
    "GPCM-SD-CS-035",
    /<telecom>\s*<system value="phone"\/>\s*<value value="0113 496 0002"\/>\s*<use value="work"\/>\s*<\/telecom>/,
    "",
  ],
  ["a date of birth without its day", "GPCM-SD-CS-041", "1980-02-03", "1980-02"],
  ["no verification status", "FHIR-PDS-10", "Extension-CareConnect-NHSNumberVerificationStatus-1", "Extension-Other"],
  ["a summary in other words", "GPCM-SD-CS-023", "<p>Consultation report for", "<p>Report about"],
];

for (const [what, id, from, to] of departures) {
  test(`${what} is found, named ${id}, and the message is still acceptable`, () => {
    const xml = valid.replace(from, to);
    assert.ok(xml !== valid);
    const result = checked(xml);
    assert.ok(
      result.findings.some((finding) => finding.id === id),
      JSON.stringify(result.findings, undefined, 1),
    );
    assert.equal(result.conforms, false);
    assert.equal(result.acceptable, true);
    assert.equal(result.negative, undefined);
  });
}

test("what reading notices carries the code that would answer it, and an issue code that goes with it", () => {
  const cases: readonly (readonly [bytes: string, code: string])[] = [
    [valid.replace(/<timestamp value="[^"]*"/, '<timestamp value="2026-01-05T10:30:00"'), "20006 value"],
    [valid.replace('<gender value="female"', '<gender value="F"'), "20009 code-invalid"],
    [valid.replace("<birthDate ", "<birthday "), "20009 structure"],
    [valid.slice(0, -30), "10009 processing"],
    ["x", "10009 processing"],
    ['<Patient xmlns="http://hl7.org/fhir"/>', "20006 structure"],
  ];
  for (const [xml, expected] of cases) {
    const found = checked(xml).findings.filter(({ id }) => id.startsWith("STU3:"));
    assert.ok(
      found.some(({ responseCode, issueCode }) => `${responseCode} ${issueCode}` === expected),
      expected,
    );
    for (const { responseCode = "", issueCode = "transient" } of found) {
      assert.ok(responseCodes.get(responseCode)?.issueCodes.includes(issueCode), `${responseCode} ${issueCode}`);
    }
  }
});

test("elements in the wrong order are a warning with their place, and the message conforms", () => {
  const xml = valid.replace(/(<event>[\s\S]*?<\/event>)([\s\S]*?)(<source>[\s\S]*?<\/source>)/, "$3$1$2");
  const { findings, conforms } = checked(xml);
  assert.deepEqual(
    findings.map(({ id, severity, location }) => [id, severity, location]),
    [
      ["STU3:wrong-order", "warning", "Bundle.entry[0].resource.event"],
      ["STU3:wrong-order", "warning", "Bundle.entry[0].resource.sender"],
      ["STU3:wrong-order", "warning", "Bundle.entry[0].resource.timestamp"],
    ],
  );
  assert.equal(conforms, true);
});

test("what a person must look at breaks nothing: the message conforms, is acceptable, and no code goes with it", () => {
  const xml = valid.replace(/(<Patient>[^]*?<\/meta>)/, '$1<implicitRules value="urn:x"/>');
  const { findings, conforms, acceptable } = checked(xml);
  const [found, ...others] = findings.filter(({ severity }) => severity === "look");
  assert.deepEqual([found?.id, found?.responseCode, found?.issueCode], ["FHIR:implicitRules", undefined, undefined]);
  assert.deepEqual([others.length, findings.length, conforms, acceptable], [0, 1, true, true]);
});

test("the reasons of a refusal name no place that a person must look at", () => {
  const xml = valid
    .replace(/(<Composition>[^]*?<\/meta>)/, '$1<implicitRules value="urn:x"/>')
    .replace('code value="ITK007C"', 'code value="ITK999X"');
  const { findings, negative } = checked(xml);
  assert.ok(findings.some(({ id }) => id === "FHIR:implicitRules"));
  assert.equal(negative?.code, "20006");
  assert.doesNotMatch(negative?.diagnostics ?? "", /implicitRules/);
});

/** What is refused, with which code. */
const refused: readonly (readonly [what: string, code: string, from: string | RegExp, to: string])[] = [
  ["truncated", "10009", /<section>[\s\S]*$/, ""],
  ["without MessageHeader.id", "20006", /(<MessageHeader>\s*)<id value="[^"]*"\/>/, "$1"],
  ["of another event", "20006", 'code value="ITK007C"', 'code value="ITK003D"'],
  [
    "without a document",
    "20009",
    /<Bundle>[\s\S]*<\/Bundle>(?=\s*<\/resource>)/,
    '<Organization><id value="x"/></Organization>',
  ],
  ["whose document has an empty id", "20009", /(<Bundle>\s*)<id value="[^"]*"\/>/, '$1<id value=""/>'],
  [
    "without a Composition",
    "20009",
    /<Composition>[\s\S]*<\/Composition>/,
    '<Organization><id value="x"/></Organization>',
  ],
  ["without a Patient", "20009", /<Patient>[\s\S]*<\/Patient>/, '<Organization><id value="x"/></Organization>'],
  [
    "whose attachments are nowhere",
    "20009",
    /<Binary>[\s\S]*?<\/Binary>/g,
    '<Organization><id value="x"/></Organization>',
  ],
];

for (const [what, code, from, to] of refused) {
  test(
    `a message ${what} is refused with ${code}, and says why without naming the patient`,
    { tags: ["GPCM-SD-040"] },
    () => {
      const xml = valid.replace(from, to);
      assert.ok(xml !== valid);
      const { acceptable, conforms, negative } = checked(xml);
      assert.equal(acceptable, false);
      assert.equal(conforms, false);
      assert.equal(negative?.code, code);
      assert.match(negative.diagnostics, /\w/);
      assert.doesNotMatch(JSON.stringify(checked(xml)), /9000000009|Łukasz|1980-02-03/);
      assert.ok(responseCodes.get(code)?.issueCodes.includes(negative.issueCode));
    },
  );
}

test("a confidential consultation is accepted in 1.x and refused with 20009 in 2.x", () => {
  const xml = consultationSummary(consultation({ confidential: true, attachments: [] })).xml;
  assert.equal(checked(xml, { generation: 1 }).acceptable, true);
  const second = checked(xml, { generation: 2 });
  assert.equal(second.acceptable, false);
  assert.equal(second.negative?.code, "20009");
  assert.equal(second.negative.issueCode, "business-rule");
});

test("a confidential consultation that names the practice in its text or subject is found", () => {
  const built = consultationSummary(consultation({ confidential: true, attachments: [] }));
  const { workflowId } = built.envelope;
  const subject =
    "Consultation report for Mrs O'Łukasz-Ampère, NHS Number 9000000009, seen at Northgate Surgery, ODS Code Y90001, Version 1";
  const telling = checked(built.xml, { envelope: { workflowId, subject } });
  assert.deepEqual(
    telling.findings.map(({ id }) => id),
    ["GPCM-SD-CS-065"],
  );
  const text = checked(
    built.xml.replace(/, Version 1<\/p>/, ", seen at Northgate Surgery, ODS Code Y90001, Version 1</p>"),
  );
  assert.deepEqual(
    text.findings.map(({ id }) => id),
    ["GPCM-SD-CS-023"],
  );
});

test("a message over the limit is refused with 20015", () => {
  const result = check(readMessage(Buffer.from(valid), { maxBytes: 1000 }));
  assert.equal(result.negative?.code, "20015");
});

test("a response is never to be answered, readable or not", () => {
  const { xml, bundle } = infrastructureResponse({
    now: new Date("2026-01-05T11:00:00Z"),
    request: { headerId: "a" },
    code: "20009",
    diagnostics: "Found in a test.",
    responder: { odsCode: "Y90002", mailboxId: "X26OT002" },
  });
  const broken = [
    xml,
    xml.replace(/<OperationOutcome>[\s\S]*$/, ""),
    xml.replaceAll("OperationOutcome", "Organization"),
    xml.replace("ITK008M", " itk008m"),
    xml.replace(/<event>[\s\S]*?<\/event>/, ""),
    xml.replace(/<event>[\s\S]*$/, ""),
    xml.replace("<Bundle", "<?x?><Bundle"),
    writeJson(bundle).slice(0, -20),
    writeJson(bundle).replace('"details": {', '"details": {{'),
  ].map((text) => text.replace(/(InfAckRequested">\s*<valueBoolean value=)"false"/, '$1"true"'));
  const answer = { now: new Date("2026-01-05T12:00:00Z"), responder: { odsCode: "Y90001", mailboxId: "X26OT001" } };
  for (const text of broken) {
    for (const maxBytes of [1_000_000, 1000]) {
      const read = readMessage(Buffer.from(text), { maxBytes });
      assert.equal(check(read).negative, undefined);
      assert.equal(infrastructureAnswer(read, answer), undefined);
    }
  }
});

test("an envelope that does not go with the message is found field by field", () => {
  const { envelope } = consultationSummary(consultation());
  const right = {
    from: "X26OT001",
    to: envelope.to,
    workflowId: envelope.workflowId,
    subject: envelope.subject,
    localId: envelope.localId,
  };
  const wrong = [
    [{ from: "X26OT009" }, "GPCM-SD-CS-063", "envelope.from"],
    [{ to: "X26OT002" }, "GPCM-SD-CS-064", "envelope.to"],
    [{ to: "GPPROVIDER_9000000009_03021980_Other" }, "GPCM-SD-CS-042", "envelope.to"],
    [{ to: "GPPROVIDER_9000000009_04021980_O'Łukasz-Ampère" }, "GPCM-SD-CS-042", "envelope.to"],
    [{ to: "GPPROVIDER_9000000017_03021980_O'Łukasz-Ampère" }, "GPCM-SD-CS-042", "envelope.to"],
    [{ workflowId: "GPFED_CONSULT_REPORT_OLD" }, "GPCM-SD-CS-061", "envelope.workflowId"],
    [{ subject: "Consultation report, Version 1" }, "GPCM-SD-CS-065", "envelope.subject"],
    [{ subject: envelope.subject.replace("Version 1", "Version 2") }, "GPCM-SD-CS-006", "envelope.subject"],
    [{ localId: "Y90009" }, "GPCM-SD-CS-079", "envelope.localId"],
  ] as const;
  assert.deepEqual(checked(valid, { envelope: right }).findings, []);
  for (const [change, id, location] of wrong) {
    const { findings } = checked(valid, { envelope: { ...right, ...change } });
    assert.deepEqual(
      findings.map((finding) => [finding.id, finding.location]),
      [[id, location]],
    );
  }
});

test("no envelope, however odd, makes the check throw", () => {
  const read = readMessage(Buffer.from(valid));
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (one, other) => {
      const to = `GPPROVIDER_${one}_${other}_${one}`;
      const envelope = { to, from: one, subject: other, localId: one, workflowId: other };
      assert.equal(check(read, { envelope }).acceptable, true);
    }),
  );
});

test("the check says which requirements a message was held against, and which of that it told by itself", () => {
  const told = (xml: string, options: Parameters<typeof check>[1] = {}): unknown[] => {
    const { generation, useCase, toldFromMessage } = checked(xml, options).heldAgainst ?? {};
    return [generation, useCase, toldFromMessage];
  };
  const both = ["generation", "useCase"];
  for (const generation of [1, 2] as const) {
    const kinds = [
      ["consultation-summary", consultationSummary(consultation({ generation }))],
      ["online-consultation", onlineConsultation(consultation({ generation }))],
      // Of the type of a consultation summary too: in 2.x only its title tells them apart.
      ["generic", genericDocument(genericInput({ generation }))],
    ] as const;
    for (const [useCase, { xml }] of kinds) assert.deepEqual(told(xml), [generation, useCase, both]);
  }
  assert.deepEqual(told(valid, { generation: 2, useCase: "generic" }), [2, "generic", []]);
  assert.deepEqual(told(valid, { envelope: { workflowId: "GPCONNECT_SEND_DOCUMENT" } }).slice(0, 2), [
    2,
    "consultation-summary",
  ]);
  assert.equal(checked("<").heldAgainst, undefined);
});

/** 1.x: type, LocalExtension and title each name a use case; one of them wrong is found, and does not mislead. */
test("a message with one sign of its use case wrong is held against what the other signs say", () => {
  const online = onlineConsultation(consultation()).xml;
  const generic = genericDocument(genericInput()).xml;
  const type = { code: "149701000000109", display: "Remote health correspondence" };
  const letter = genericDocument(genericInput({ document: { name: "Immunisation", type } })).xml;
  const wrong = [
    [online.replace("149951000000107", "371531000"), "online-consultation", "GPCM-SD-OC-003"],
    [online.replace("SendDocument-OnlineConsultationReport", "None-such"), "online-consultation", "GPCM-SD-OC-147"],
    [generic.replace("SendDocument-Generic", "SendDocument-Other"), "generic", "GPCM-SD-GE-274"],
    [letter.replace("SendDocument-Generic", "SendDocument-ConsultationReport"), "generic", "GPCM-SD-GE-274"],
    [
      valid.replace(/<title value="Consultation report"\/>(?=\s*<confid)/, "<title value='Letter'/>"),
      "consultation-summary",
      "GPCM-SD-CS-022",
    ],
  ] as const;
  for (const [xml, useCase, id] of wrong) {
    const { heldAgainst, findings } = checked(xml);
    assert.equal(heldAgainst?.useCase, useCase);
    assert.deepEqual(new Set(findings.map((finding) => finding.id)), new Set([id]));
  }
});

test("the use case is told from title and text before type, and the result says what it rests on", () => {
  const second = consultationSummary(consultation({ generation: 2 })).xml;
  const asOnline = '<code value="149951000000107"/>';
  const untitled = (xml: string): string => xml.replace(/<title value="Consultation report"\/>(?=\s*<confid)/, "");
  const untold = (xml: string): string => xml.replace("<p>Consultation report for", "<p>About");
  const told = [
    [valid, "consultation-summary", ["title", "text", "localExtension", "type"]],
    [second, "consultation-summary", ["title", "text"]],
    [second.replace('<code value="371531000"/>', asOnline), "consultation-summary", ["title", "text"]],
    [untitled(second).replace('<code value="371531000"/>', asOnline), "consultation-summary", ["text"]],
    [untold(second).replace('<code value="371531000"/>', asOnline), "consultation-summary", ["title"]],
    [untold(untitled(second)).replace('<code value="371531000"/>', asOnline), "online-consultation", ["type"]],
    [untold(untitled(second)), "generic", []],
    [onlineConsultation(consultation({ generation: 2 })).xml, "online-consultation", ["title", "text", "type"]],
    [genericDocument(genericInput({ generation: 2 })).xml, "generic", ["title", "text"]],
    // Its text then reads like that of a consultation.
    [
      genericDocument(genericInput({ generation: 2 }))
        .xml.replaceAll("Immunisation", "Consultation")
        .replace(/<title value="Consultation report"\/>(?=\s*<confid)/, '<title value="Consultation"/>'),
      "generic",
      ["title", "text"],
    ],
  ] as const;
  for (const [xml, useCase, restsOn] of told) {
    const { heldAgainst } = checked(xml);
    assert.deepEqual([heldAgainst?.useCase, heldAgainst?.restsOn], [useCase, restsOn]);
  }
  const response = infrastructureResponse({ ...receipt(), code: "20013" }).xml;
  assert.deepEqual(checked(response).heldAgainst?.restsOn, ["event"]);
  assert.deepEqual(checked(valid, { useCase: "generic" }).heldAgainst?.restsOn, []);
});

test("a workflow that belongs to neither generation does not decide which one a message is of", () => {
  const { xml } = consultationSummary(consultation({ confidential: true, attachments: [] }));
  const { heldAgainst, acceptable, findings } = checked(xml, { envelope: { workflowId: "TOC_FHIR_IP_DISCH" } });
  assert.equal(heldAgainst?.generation, 1);
  assert.equal(acceptable, true);
  assert.deepEqual(
    findings.map(({ id }) => id),
    ["GPCM-SD-CS-061"],
  );
});

test("a workflow of the other generation is named as what is wrong", () => {
  for (const [generation, workflowId] of [
    [1, "GPCONNECT_SEND_DOCUMENT"],
    [2, "GPFED_CONSULT_REPORT"],
  ] as const) {
    const { findings } = checked(consultationSummary(consultation({ generation })).xml, { envelope: { workflowId } });
    assert.ok(
      findings.some(({ id, location }) => id === "Send-Document:generation" && location === "envelope.workflowId"),
    );
  }
});

test("a finding's line is that of the element that it names, where that was read", () => {
  const xml = valid.replace('code value="371531000"', 'code value="149951000000107"');
  const [finding] = checked(xml, { generation: 1, useCase: "consultation-summary" }).findings;
  assert.equal(finding?.id, "GPCM-SD-CS-019");
  assert.match(xml.split("\n")[(finding.line ?? 0) - 1] ?? "", /^\s*<type>$/);
});

test("a summary may stand behind pages of other text, and names are compared as people read them", () => {
  const long = valid.replace(
    "<p>Consultation report for",
    `<p>${"Notes. ".repeat(2000)}</p><p>Consultation report for`,
  );
  assert.deepEqual(checked(long).findings, []);
  const shouted = valid.replace(
    /(seen at )Northgate Surgery(, ODS Code )Y90001(?=, Version 1<\/p>)/,
    "$1NORTHGATE SURGERY$2y90001",
  );
  assert.notEqual(shouted, valid);
  assert.deepEqual(checked(shouted).findings, []);
});

test("of a narrative that was left out, or is missing, nothing more is said: what it would have said is not asked", () => {
  const idsOf = (changed: string): string[] => checked(changed).findings.map(({ id }) => id);
  assert.deepEqual(idsOf(valid.replace("<p>Consultation report", "<p><font>a</font></p><p>Consultation report")), [
    "STU3:narrative",
  ]);
  assert.deepEqual(idsOf(valid.replace(/<div [^]*?<\/div>/, "")), ["STU3:missing-element"]);
  assert.deepEqual(idsOf(valid.replace(/<text>[^]*?<\/text>/, "")), ["GPCM-SD-CS-023"]);
});

test("the words of Composition.text may stand in a CDATA section", () => {
  const inSection = valid.replace(/<p>(Consultation report[^]*?)<\/p>/, "<p><![CDATA[$1]]></p>");
  assert.notEqual(inSection, valid);
  assert.deepEqual(checked(inSection).findings, []);
});

test("a confidential document may say when the patient was seen, and not where", () => {
  const { xml } = consultationSummary(consultation({ confidential: true, attachments: [] }));
  const added = (words: string): string[] =>
    checked(xml.replace("<p>Consultation report", `<p>${words}</p><p>Consultation report`)).findings.map(
      ({ id }) => id,
    );
  assert.deepEqual(added("The patient was seen at 10:30."), []);
  assert.deepEqual(added("Seen by the nurse of Northgate Surgery."), ["GPCM-SD-CS-023"]);
});
