// The complex extensions that CareConnect, GP Connect, ITK3 and FHIR STU3 define for what a document carries, and the urls of
// their parts, which are relative to the extension's own (FHIR, Extensibility).

const careConnect = "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-";
/** Of the CareConnect-GPC profiles. */
const gpConnect = "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-";
const nhs = "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-";
const hl7 = "http://hl7.org/fhir/StructureDefinition/";

const definitions: readonly (readonly [urls: readonly string[], parts: string])[] = [
  [
    [`${nhs}ITK-MessageHandling-2`],
    "BusAckRequested InfAckRequested RecipientType MessageDefinition SenderReference LocalExtension",
  ],
  [of("NHSCommunication"), "language preferred modeOfCommunication communicationProficiency interpreterRequired"],
  [of("RegistrationDetails"), "registrationPeriod registrationType registrationStatus preferredBranchSurgery"],
  // GP Connect's own is simple.
  [[`${careConnect}DeathNotificationStatus-1`], "deathNotificationStatus systemEffectiveDate"],
  [of("AllergyIntoleranceEnd"), "endDate reasonEnded"],
  [
    of("MedicationRepeatInformation"),
    "numberOfRepeatPrescriptionsAllowed numberOfRepeatPrescriptionsIssued authorisationExpiryDate",
  ],
  [of("MedicationStatusReason"), "statusReason statusChangeDate"],
  [of("RelatedProblemHeader"), "type target"],
  [of("ConditionRelationship"), "type target"],
  [of("EncounterTransport"), "transportType reasonForTransport transportPeriod"],
  [
    [`${nhs}coding-sctdescid`, "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-coding-sctdescid"],
    "descriptionId descriptionDisplay",
  ],
  [[`${hl7}translation`, `${hl7}devicerequest-patientInstruction`], "lang content"],
  [[`${hl7}geolocation`], "latitude longitude"],
  [[`${hl7}patient-nationality`, `${hl7}patient-citizenship`], "code period"],
  [[`${hl7}patient-clinicalTrial`], "NCT period reason"],
  [[`${hl7}allergyintolerance-substanceExposureRisk`], "substance exposureRisk"],
  [[`${hl7}observation-eventTiming`], "code offset"],
  [[`${hl7}family-member-history-genetics-parent`, `${hl7}family-member-history-genetics-sibling`], "type reference"],
  [[`${hl7}DiagnosticReport-geneticsAnalysis`], "type interpretation"],
  [[`${hl7}procedurerequest-geneticsItem`], "code geneticsObservation specimen status"],
  [[`${hl7}hla-genotyping-results-haploid`], "locus type method"],
  [[`${hl7}hla-genotyping-results-glstring`], "url text"],
  [[`${hl7}goal-acceptance`], "individual status priority"],
  [[`${hl7}goal-relationship`], "type target"],
  [[`${hl7}timing-daysOfCycle`], "day"],
];

function of(name: string): readonly string[] {
  return [`${careConnect}${name}-1`, `${gpConnect}${name}-1`];
}

/** By the url of a complex extension, those of its parts. */
export const partsOfExtensions: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  definitions.flatMap(([urls, parts]) => urls.map((url) => [url, new Set(parts.split(" "))] as const)),
);
