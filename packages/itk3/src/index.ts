export {
  type BuiltMessage,
  consultationSummary,
  type Envelope,
  genericDocument,
  onlineConsultation,
} from "./build/build-document.ts";
export { copyFor, type CopyInput } from "./build/copy.ts";
export type * from "./build/input.ts";
export {
  type AllergyInput,
  type AllergyReactionInput,
  allergySection,
  type AllergyStatus,
} from "./build/sections/allergies.ts";
export {
  type ConsentDataInput,
  type ConsentExceptionInput,
  type ConsentInput,
  consentSection,
} from "./build/sections/consents.ts";
export {
  type DiagnosticReportInput,
  diagnosticReportSection,
  type SpecimenInput,
} from "./build/sections/diagnostic-reports.ts";
export {
  type DocumentContent,
  type DocumentReferenceInput,
  documentReferenceSection,
} from "./build/sections/document-references.ts";
export { type FamilyHistoryInput, familyHistorySection } from "./build/sections/family-history.ts";
export {
  type ImmunisationInput,
  immunisationSection,
  type ImmunisationSource,
  type VaccinationProtocolInput,
  type VaccineGiven,
  type VaccineNotGiven,
} from "./build/sections/immunisations.ts";
export { type LocationInput, locationSection } from "./build/sections/locations.ts";
export type {
  OrderInput,
  PlanInput,
  PlanStatus,
  Prescribing,
  SupplyInput,
} from "./build/sections/medication-requests.ts";
export { type MedicationInput, medicationSection, type StatementInput } from "./build/sections/medications.ts";
export { type ObservationInput, observationSection, type ObservedValue } from "./build/sections/observations.ts";
export { type DocumentParts, referenceToEntry } from "./build/sections/parts.ts";
export type { StructuredSection } from "./build/structured-section.ts";
export { type DeviceInput, type PeopleInput, peopleSection, type RelatedPersonInput } from "./build/sections/people.ts";
export {
  type Coded,
  type Concept,
  type IdentifierInput,
  noInformation,
  type PeriodInput,
  type QuantityInput,
} from "./build/sections/pieces.ts";
export { type ProblemInput, problemSection, type ProblemStatus } from "./build/sections/problems.ts";
export { type ProcedureRequestInput, procedureRequestSection } from "./build/sections/procedure-requests.ts";
export {
  type AnswerInput,
  type QuestionnaireResponseInput,
  questionnaireResponseSection,
} from "./build/sections/questionnaire-responses.ts";
export { type QuestionInput, questionnaireSection, type QuestionnaireInput } from "./build/sections/questionnaires.ts";
export { type ReferralInput, referralSection } from "./build/sections/referrals.ts";
export { type TaskInput, taskSection, type TaskValueInput } from "./build/sections/tasks.ts";
export { type WordsBeside, wordsBeside } from "./build/words-beside.ts";
export { check } from "./check/check.ts";
export { type CheckOptions, type Strictness, strictnesses } from "./check/check-options.ts";
export type { CheckResult, Finding, HeldAgainst, Negative, RefusalRule, RefusedFor } from "./check/finding.ts";
export type { Severity } from "./check/severity.ts";
export {
  type DocumentUseCase,
  documentUseCases,
  type EnvelopeToCheck,
  type UseCase,
  type UseCaseSign,
} from "./check/rule.ts";
export { type InputProblem, Itk3Error, type Itk3ErrorCode } from "./errors.ts";
export type { Issue, IssueCode } from "./issue.ts";
export { writeJson } from "./json/write-resource.ts";
export { isConfidential } from "./message/confidential.ts";
export { fileTypeOf, type KnownFileType } from "./message/file-type.ts";
export { idKey, isUuid } from "./message/id-key.ts";
export { isResponse } from "./message/handling.ts";
export { likenessOf } from "./message/likeness.ts";
export { type Modifier, type Modifiers, modifiersOf } from "./message/modifiers.ts";
export { messageOf } from "./message/message-of.ts";
export type { Attachment, Itk3Message, MessageHandling, ReadResult, Remains } from "./message/model.ts";
export { readMessage } from "./message/read-message.ts";
export { type References, referencesOf } from "./message/references.ts";
export type { ReadOptions } from "./message/read-options.ts";
export { unreadableHeaderId } from "./names.ts";
export {
  infrastructureAnswer,
  type InfrastructureAnswerInput,
  type Unanswered,
  whyUnanswered,
} from "./respond/answer.ts";
export {
  type AddressedAnswer,
  answerAsTold,
  type AnsweredMessage,
  responseSubjects,
  type ToldAnswer,
} from "./respond/answer-as-told.ts";
export {
  type BuiltResponse,
  businessResponse,
  infrastructureResponse,
  type ResponseInput,
} from "./respond/build-response.ts";
export { readResponse, type ResponseContent } from "./respond/read-response.ts";
export { type IssueSeverity, type IssueType, type ResponseCode, responseCodes } from "./respond/response-codes.ts";
export type {
  Bundle,
  Composition,
  MessageHeader,
  OperationOutcome,
  Organization,
  Patient,
  Practitioner,
  Resource,
} from "./stu3/types.ts";
export type * as stu3 from "./stu3/types.ts";
export { typeNameOf } from "./stu3/opaque.ts";
export { recommendedMaxBytes } from "./read/limits.ts";
export { type NarrativeLine, type NarrativeLines, narrativeLines } from "./xml/narrative-lines.ts";
export { writeXml } from "./xml/write-resource.ts";
