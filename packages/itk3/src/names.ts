// The names that ITK3, CareConnect and GP Connect give to things.

export const systems = {
  rfc4122: "https://tools.ietf.org/html/rfc4122",
  snomed: "http://snomed.info/sct",
  nhsNumber: "https://fhir.nhs.uk/Id/nhs-number",
  odsOrganisation: "https://fhir.nhs.uk/Id/ods-organization-code",
  odsSite: "https://fhir.nhs.uk/Id/ods-site-code",
  actPriority: "http://hl7.org/fhir/v3/ActPriority",
  listOrder: "http://hl7.org/fhir/list-order",
  observationCategory: "http://hl7.org/fhir/observation-category",
  ucum: "http://unitsofmeasure.org",
  diagnosticService: "http://hl7.org/fhir/v2/0074",
  immunisationRole: "http://hl7.org/fhir/v2/0443",
  vaccineDoseStatus: "http://hl7.org/fhir/vaccination-protocol-dose-status",
  conditionCategory: "https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-ConditionCategory-1",
  prescriptionType: "https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-PrescriptionType-1",
  prescribingAgency: "https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-MedicationPrescribingAgency-1",
  sdsUser: "https://fhir.nhs.uk/Id/sds-user-id",
  sdsRoleProfile: "https://fhir.nhs.uk/Id/sds-role-profile-id",
  messageEvent: "https://fhir.nhs.uk/STU3/CodeSystem/ITK-MessageEvent-2",
  recipientType: "https://fhir.nhs.uk/STU3/CodeSystem/ITK-RecipientType-1",
  responseCodes: "https://fhir.nhs.uk/STU3/CodeSystem/ITK-ResponseCodes-1",
  verificationStatus: "https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-NHSNumberVerificationStatus-1",
  /** Published beside the one above, which is written, for the CareConnect-GPC profiles. */
  verificationStatusOfGpConnect: "https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-NHSNumberVerificationStatus-1",
} as const;

export const extensions = {
  messageHandling: "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-ITK-MessageHandling-2",
  verificationStatus:
    "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-NHSNumberVerificationStatus-1",
  /** That of the CareConnect-GPC profiles; the one above is written. */
  verificationStatusOfGpConnect:
    "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-NHSNumberVerificationStatus-1",
  ethnicCategory: "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-EthnicCategory-1",
  religiousAffiliation: "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-ReligiousAffiliation-1",
  cadavericDonor: "http://hl7.org/fhir/StructureDefinition/patient-cadavericDonor",
  deathNotificationStatus:
    "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-DeathNotificationStatus-1",
  communication: "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-NHSCommunication-1",
  mainLocation: "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-MainLocation-1",
  organizationPeriod: "http://hl7.org/fhir/StructureDefinition/organization-period",
  careSettingType: "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-CareSettingType-1",
  associatedEncounter: "http://hl7.org/fhir/StructureDefinition/encounter-associatedEncounter",
  allergyEnd: "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-AllergyIntoleranceEnd-1",
  repeatInformation:
    "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-MedicationRepeatInformation-1",
  statusReason: "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-MedicationStatusReason-1",
  prescriptionType: "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-PrescriptionType-1",
  quantityText: "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-MedicationQuantityText-1",
  lastIssueDate:
    "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-MedicationStatementLastIssueDate-1",
  prescribingAgency:
    "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-MedicationPrescribingAgency-1",
  dosageLastChanged:
    "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-MedicationStatementDosageLastChanged-1",
  parentPresent: "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-ParentPresent-1",
  dateRecorded: "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-DateRecorded-1",
  vaccinationProcedure: "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-VaccinationProcedure-1",
  actualProblem: "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-ActualProblem-1",
  relatedProblem: "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-RelatedProblemHeader-1",
  relatedClinicalContent:
    "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-RelatedClinicalContent-1",
  problemSignificance: "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-ProblemSignificance-1",
  fastingStatus: "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-FastingStatus-1",
} as const;

export const profiles = {
  messageBundle: "https://fhir.nhs.uk/STU3/StructureDefinition/ITK-Message-Bundle-1",
  messageHeader: "https://fhir.nhs.uk/STU3/StructureDefinition/ITK-MessageHeader-2",
  headerOrganization: "https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-ITK-Header-Organization-1",
  headerPractitioner: "https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-ITK-Header-Practitioner-1",
  documentBundle: "https://fhir.nhs.uk/STU3/StructureDefinition/ITK-Document-Bundle-1",
  attachment: "https://fhir.nhs.uk/STU3/StructureDefinition/ITK-Attachment-Binary-1",
  responseOutcome: "https://fhir.nhs.uk/STU3/StructureDefinition/ITK-Response-OperationOutcome-1",
  composition: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Composition-1",
  patient: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Patient-1",
  practitioner: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Practitioner-1",
  relatedPerson: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-RelatedPerson-1",
  device: "https://fhir.nhs.uk/STU3/StructureDefinition/ITK-Device-1",
  organization: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Organization-1",
  encounter: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Encounter-1",
  list: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-List-1",
  observation: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Observation-1",
  questionnaire: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Questionnaire-1",
  questionnaireResponse: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-QuestionnaireResponse-1",
  referralRequest: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-ReferralRequest-1",
  documentReference: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-DocumentReference-1",
  allergyIntolerance: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-AllergyIntolerance-1",
  familyMemberHistory: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-FamilyMemberHistory-1",
  task: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Task-1",
  consent: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Consent-1",
  location: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Location-1",
  medication: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Medication-1",
  medicationRequest: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-MedicationRequest-1",
  medicationStatement: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-MedicationStatement-1",
  immunization: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Immunization-1",
  problemHeader: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-ProblemHeader-Condition-1",
  procedureRequest: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-ProcedureRequest-1",
  diagnosticReport: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-DiagnosticReport-1",
  specimen: "https://fhir.hl7.org.uk/STU3/StructureDefinition/CareConnect-Specimen-1",
} as const;

export const messageDefinitions = {
  sendDocument: "https://fhir.nhs.uk/STU3/MessageDefinition/ITK-GPConnectSendDocument-MessageDefinition-1",
  /** The name that the conformance list gives (SCAL GPCM-SD-043); the guide's, above, is written. */
  sendDocumentInstance:
    "https://fhir.nhs.uk/STU3/MessageDefinition/ITK-GPConnectSendDocument-MessageDefinition-Instance-1",
  response: "https://fhir.nhs.uk/STU3/MessageDefinition/ITK-Response-MessageDefinition-1",
} as const;

export const events = {
  sendDocument: { code: "ITK007C", display: "ITK GP Connect Send Document" },
  response: { code: "ITK008M", display: "ITK Response" },
} as const;

export const recipientTypes = { FA: "For Action", FI: "For Information" } as const;

/** Stands for the request's id in the answer to a message whose id cannot be read. */
export const unreadableHeaderId = "UNREADABLE-IN-ORIGINAL-MESSAGE";
