import type { DocumentParts, Resource, StructuredSection, stu3 } from "@restante/itk3";
import { observationSection, questionnaireSection } from "@restante/itk3";

const when = "2026-01-05T10:00:00+00:00";
const careConnect = "https://fhir.hl7.org.uk/STU3/StructureDefinition";

const snomed = (code: string, display: string): stu3.CodeableConcept => ({
  coding: [{ system: "http://snomed.info/sct", code, display }],
});
const to = (resource: Resource): stu3.Reference => ({ reference: `urn:uuid:${resource.id}` });

/** Sections that hold every resource Send Document may carry, each as the requirements want it. */
export function everySection(parts: DocumentParts): StructuredSection[] {
  const { patient, practitioner, organisation } = parts;
  const encounter = parts.encounter ?? {};
  const base = (profile: string) => ({
    id: parts.ids(),
    meta: { profile: [`${careConnect}/CareConnect-${profile}-1`] },
  });

  const observations = observationSection(parts, [
    {
      code: { code: "27113001", display: "Body weight" },
      issued: when,
      value: { quantity: "85.0", unit: "kg" },
      category: { code: "vital-signs", display: "Vital Signs" },
    },
  ]);
  const observation = observations.resources.find(({ resourceType }) => resourceType === "Observation");
  if (observation === undefined) throw new Error("no Observation was built");
  const location: stu3.Location = {
    resourceType: "Location",
    ...base("Location"),
    identifier: [{ system: "https://fhir.nhs.uk/Id/ods-site-code", value: "Y90001A" }],
    status: "active",
    name: "Northgate, side door",
    type: snomed("264358009", "General practice premises"),
    telecom: [{ system: "phone", value: "0113 496 0003" }],
    address: { line: ["2 Test Street"] },
  };
  const relatedPerson: stu3.RelatedPerson = {
    resourceType: "RelatedPerson",
    ...base("RelatedPerson"),
    patient,
    name: [{ family: "Ampère", given: ["Cy"] }],
    birthDate: "1975-01-01",
    telecom: [{ system: "phone", value: "0113 496 0004" }],
  };
  const device: stu3.Device = {
    resourceType: "Device",
    ...base("Device"),
    type: snomed("462240000", "Patient health record information system"),
    manufacturer: "Northgate Devices",
  };
  const medication: stu3.Medication = {
    resourceType: "Medication",
    ...base("Medication"),
    code: snomed("322236009", "Paracetamol 500mg tablets"),
  };
  const prescribed = (code: string): stu3.Extension => ({
    url: `${careConnect}/Extension-CareConnect-GPC-PrescriptionType-1`,
    valueCodeableConcept: {
      coding: [{ system: "https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-PrescriptionType-1", code }],
    },
  });
  const medicationRequest: stu3.MedicationRequest = {
    resourceType: "MedicationRequest",
    ...base("MedicationRequest"),
    extension: [
      prescribed("repeat"),
      {
        url: `${careConnect}/Extension-CareConnect-GPC-MedicationRepeatInformation-1`,
        extension: [
          { url: "numberOfRepeatPrescriptionsAllowed", valuePositiveInt: 6 },
          { url: "numberOfRepeatPrescriptionsIssued", valueUnsignedInt: 1 },
        ],
      },
      {
        url: `${careConnect}/Extension-CareConnect-GPC-MedicationStatusReason-1`,
        extension: [
          { url: "statusReason", valueCodeableConcept: { text: "Finished" } },
          { url: "statusChangeDate", valueDateTime: when },
        ],
      },
    ],
    identifier: [{ system: "https://tools.ietf.org/html/rfc4122", value: parts.ids() }],
    groupIdentifier: { system: "urn:groups", value: "group-1" },
    status: "stopped",
    intent: "plan",
    medicationReference: to(medication),
    subject: patient,
    context: encounter,
    authoredOn: when,
    requester: { agent: practitioner, onBehalfOf: organisation },
    recorder: practitioner,
    dosageInstruction: [{ text: "Two, four times a day", patientInstruction: "With food" }],
    dispenseRequest: {
      validityPeriod: { start: "2026-01-05" },
      quantity: { value: "32", unit: "tablets" },
      expectedSupplyDuration: { value: "4", unit: "d" },
    },
  };
  const order: stu3.MedicationRequest = {
    ...medicationRequest,
    ...base("MedicationRequest"),
    extension: [prescribed("repeat")],
    status: "completed",
    intent: "order",
    basedOn: [to(medicationRequest)],
    dispenseRequest: { ...medicationRequest.dispenseRequest, performer: organisation },
  };
  const acute: stu3.MedicationRequest = {
    ...medicationRequest,
    ...base("MedicationRequest"),
    extension: [prescribed("acute")],
    status: "completed",
  };
  const statement: stu3.MedicationStatement = {
    resourceType: "MedicationStatement",
    ...base("MedicationStatement"),
    extension: [
      { url: `${careConnect}/Extension-CareConnect-GPC-PrescribingAgency-1`, valueCodeableConcept: { text: "Here" } },
    ],
    basedOn: [to(medicationRequest)],
    context: encounter,
    status: "completed",
    medicationReference: to(medication),
    effectivePeriod: { start: "2026-01-05" },
    dateAsserted: when,
    subject: patient,
    taken: "unk",
    dosage: [{ text: "Two, four times a day", patientInstruction: "With food" }],
  };
  const recorded = [
    { url: `${careConnect}/Extension-CareConnect-GPC-DateRecorded-1`, valueDateTime: when },
    {
      url: `${careConnect}/Extension-CareConnect-GPC-VaccinationProcedure-1`,
      valueCodeableConcept: snomed("868241000000109", "Administration of vaccine"),
    },
  ];
  const immunization: stu3.Immunization = {
    resourceType: "Immunization",
    ...base("Immunization"),
    extension: recorded,
    status: "completed",
    notGiven: false,
    vaccineCode: snomed("871751006", "Vaccine product"),
    patient,
    encounter,
    date: "2026-01-05",
    primarySource: true,
    manufacturer: organisation,
    lotNumber: "L-1",
    expirationDate: "2027-01-01",
    site: { text: "Left arm" },
    route: { text: "Intramuscular" },
    doseQuantity: { value: "0.5" },
    practitioner: [
      {
        role: { coding: [{ system: "http://hl7.org/fhir/v2/0443", code: "AP" }], text: "Gave it" },
        actor: practitioner,
      },
    ],
    explanation: { reason: [{ text: "Of an age" }] },
    vaccinationProtocol: [
      {
        doseSequence: 1,
        description: "Two doses",
        seriesDoses: 2,
        targetDisease: [{ text: "Influenza" }],
        doseStatus: { coding: [{ system: "http://hl7.org/fhir/vaccination-protocol-dose-status", code: "count" }] },
      },
    ],
  };
  const notGiven: stu3.Immunization = {
    resourceType: "Immunization",
    ...base("Immunization"),
    extension: recorded,
    status: "completed",
    notGiven: true,
    vaccineCode: snomed("871751006", "Vaccine product"),
    patient,
    encounter,
    date: "2026-01-05",
    primarySource: true,
    practitioner: [{ actor: practitioner }],
    explanation: { reasonNotGiven: [{ text: "Declined" }] },
  };
  const allergy: stu3.AllergyIntolerance = {
    resourceType: "AllergyIntolerance",
    ...base("AllergyIntolerance"),
    extension: [
      { url: "http://hl7.org/fhir/StructureDefinition/encounter-associatedEncounter", valueReference: encounter },
      {
        url: `${careConnect}/Extension-CareConnect-GPC-AllergyIntoleranceEnd-1`,
        extension: [
          { url: "endDate", valueDateTime: when },
          { url: "reasonEnded", valueString: "No information available" },
        ],
      },
    ],
    clinicalStatus: "resolved",
    verificationStatus: "unconfirmed",
    category: ["medication"],
    code: snomed("91936005", "Allergy to penicillin"),
    patient,
    onsetDateTime: "2001",
    assertedDate: when,
    recorder: practitioner,
    asserter: patient,
    reaction: [{ manifestation: [snomed("271807003", "Rash")], severity: "mild" }],
  };
  const significance = { url: `${careConnect}/Extension-CareConnect-GPC-ProblemSignificance-1`, valueCode: "minor" };
  const earlier: stu3.Condition = {
    resourceType: "Condition",
    ...base("ProblemHeader-Condition"),
    extension: [significance],
    clinicalStatus: "inactive",
    category: [{ coding: [{ system: "http://hl7.org/fhir/condition-category", code: "problem-list-item" }] }],
    code: snomed("82423001", "Chronic pain"),
    subject: patient,
    context: encounter,
    onsetDateTime: "2025-06-01",
    abatementDateTime: "2026-01-05",
    assertedDate: "2026-01-05",
    asserter: practitioner,
  };
  const condition: stu3.Condition = {
    ...earlier,
    ...base("ProblemHeader-Condition"),
    extension: [
      significance,
      { url: `${careConnect}/Extension-CareConnect-GPC-ActualProblem-1`, valueReference: to(allergy) },
      { url: `${careConnect}/Extension-CareConnect-GPC-RelatedClinicalContent-1`, valueReference: encounter },
      {
        url: `${careConnect}/Extension-CareConnect-GPC-RelatedProblemHeader-1`,
        extension: [
          { url: "type", valueCode: "sibling" },
          { url: "target", valueReference: to(earlier) },
        ],
      },
    ],
  };
  const procedureRequest: stu3.ProcedureRequest = {
    resourceType: "ProcedureRequest",
    ...base("ProcedureRequest"),
    status: "active",
    intent: "order",
    code: snomed("396550006", "Blood test"),
    subject: patient,
    performer: organisation,
    requester: { agent: practitioner },
    reasonCode: [{ text: "Tired" }],
  };
  const specimen: stu3.Specimen = {
    resourceType: "Specimen",
    ...base("Specimen"),
    accessionIdentifier: { value: "S-1" },
    status: "available",
    type: { text: "Blood" },
    subject: patient,
    receivedTime: when,
    collection: { collector: practitioner, collectedDateTime: when, quantity: { value: "5", unit: "ml" } },
  };
  const report: stu3.DiagnosticReport = {
    resourceType: "DiagnosticReport",
    ...base("DiagnosticReport"),
    basedOn: [to(procedureRequest)],
    status: "final",
    category: { text: "Laboratory" },
    code: snomed("721981007", "Diagnostic studies report"),
    subject: patient,
    issued: when,
    performer: [{ actor: organisation }],
    specimen: [to(specimen)],
    result: [to(observation)],
  };
  const referral: stu3.ReferralRequest = {
    resourceType: "ReferralRequest",
    ...base("ReferralRequest"),
    status: "unknown",
    intent: "order",
    subject: patient,
    context: encounter,
    requester: { agent: practitioner },
    recipient: [organisation],
    reasonCode: [snomed("30989003", "Knee pain")],
    description: "Please see",
  };
  const documentReference: stu3.DocumentReference = {
    resourceType: "DocumentReference",
    ...base("DocumentReference"),
    status: "current",
    type: snomed("823691000000103", "Clinical letter"),
    subject: patient,
    indexed: when,
    author: [practitioner],
    content: [{ attachment: { contentType: "text/plain", title: "Letter", data: "SGVsbG8=" } }],
    context: { encounter },
  };
  const familyHistory: stu3.FamilyMemberHistory = {
    resourceType: "FamilyMemberHistory",
    ...base("FamilyMemberHistory"),
    status: "completed",
    patient,
    relationship: snomed("72705000", "Mother"),
    reasonReference: [to(allergy)],
    condition: [{ code: { text: "Asthma" } }],
  };
  const task: stu3.Task = {
    resourceType: "Task",
    ...base("Task"),
    status: "requested",
    intent: "order",
    priority: "routine",
    code: snomed("185389009", "Follow-up visit"),
    for: patient,
    context: encounter,
    requester: { agent: practitioner },
    owner: organisation,
    reason: { text: "Follow-up" },
  };
  const consent: stu3.Consent = {
    resourceType: "Consent",
    ...base("Consent"),
    status: "active",
    category: [{ text: "Sharing" }],
    patient,
    period: { start: "2026-01-05" },
    consentingParty: [patient],
    action: [{ text: "Read" }],
    sourceReference: encounter,
    policy: [{ uri: "urn:policy" }],
    purpose: [{ system: "http://hl7.org/fhir/v3/ActReason", code: "TREAT" }],
    dataPeriod: { start: "2026-01-01" },
    data: [{ meaning: "instance", reference: encounter }],
  };
  const questionnaire: stu3.Questionnaire = {
    resourceType: "Questionnaire",
    ...base("Questionnaire"),
    version: "1",
    name: "knee",
    title: "Knee",
    status: "active",
    date: "2026-01-01",
    description: "About a knee",
    effectivePeriod: { start: "2026-01-01" },
    item: [
      { linkId: "1", text: "What is the matter?", type: "string" },
      { linkId: "2", text: "What did you measure?", type: "reference" },
    ],
  };
  const responses = questionnaireSection(parts, {
    authored: when,
    items: [{ linkId: "1", text: "What is the matter?", answer: "A sore knee" }],
  });
  for (const response of responses.resources) {
    if (response.resourceType !== "QuestionnaireResponse") continue;
    response.questionnaire = to(questionnaire);
    response.item?.push({
      linkId: "2",
      text: "What did you measure?",
      answer: [{ valueReference: { ...to(observation), display: "Weight" } }],
    });
  }
  // Several of one type and Encounter (GPCM-SD-026).
  const listOf = (title: string, held: readonly Resource[]): stu3.List => ({
    resourceType: "List",
    ...base("List"),
    status: "current",
    mode: "snapshot",
    title,
    code: { text: title },
    subject: patient,
    entry: held.map((item) => ({ item: to(item) })),
  });
  const medicines = [medicationRequest, order, acute, immunization, notGiven];
  const problems = [earlier, condition];
  return [
    observations,
    responses,
    { title: "Medicines", resources: [listOf("Medicines", medicines), ...medicines, medication, statement] },
    {
      title: "Problems",
      resources: [
        listOf("Problems", problems),
        ...problems,
        allergy,
        familyHistory,
        procedureRequest,
        specimen,
        report,
      ],
    },
    { title: "Plans", resources: [referral, task, consent, documentReference, questionnaire, location] },
    { title: "People", resources: [relatedPerson, device] },
  ];
}
