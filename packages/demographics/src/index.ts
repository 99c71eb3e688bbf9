export {
  type Demographics,
  type Gender,
  isRegisteredAt,
  type NameUse,
  type PatientRecord,
  type PersonName,
  type PostalAddress,
  type Registration,
} from "./demographics.ts";
export {
  type Directory,
  type DirectoryPatient,
  embeddedDemographics,
  type Organisation,
  type OrganisationMailbox,
} from "./directory.ts";
export { DemographicsError, type DemographicsErrorCode, DirectoryError } from "./errors.ts";
export {
  agreesInAll,
  isSamePatient,
  patientStanding,
  type PatientStanding,
  type SuppliedPatient,
} from "./patient-standing.ts";
export { type OrganisationsFile, organisationsSchema, type PatientsFile, patientsSchema } from "./directory-files.ts";
export { type DirectoryFiles, readDirectory } from "./read-directory.ts";
export {
  findRegisteredPractice,
  type RoutingNote,
  type RoutingOptions,
  type RoutingOutcome,
  type RoutingRefusal,
} from "./registered-practice.ts";
export { type WorkflowRule, workflowRules } from "./workflow-rules.ts";
