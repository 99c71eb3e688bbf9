// What of the input no valid message can be made of. Each refusal names the field and repeats no value.
import { isNhsNumber, isRoutingAddress } from "@restante/mesh";
import { Itk3Error } from "../errors.ts";
import { fileTypeOf } from "../message/file-type.ts";
import { primitiveFault } from "../stu3/primitives.ts";
import type {
  DocumentInput,
  GenericDocumentInput,
  OrganisationInput,
  PatientInput,
  PractitionerInput,
} from "./input.ts";
import { refuseFile, refuseTitle } from "./refuse-file.ts";

/** @throws Itk3Error `input-invalid` */
export function refuseInvalid(input: DocumentInput): void {
  refuseNow(input.now);
  refuseDate(input.date);
  refusePatient(input.patient);
  refusePractitioner("practitioner", input.practitioner);
  refuseOrganisation("organisation", input.organisation);
  if (input.registeredPractice !== undefined) refuseOrganisation("registeredPractice", input.registeredPractice);
  if (input.headerId !== undefined) refuseHeaderId(input.headerId);
  refuseSenderReference(input.senderReference);
  if (isRoutingAddress(input.senderMailbox.trim().toUpperCase())) refuse("senderMailbox names no mailbox.");
  refuseVersion(input);
  if (input.generation === 2 && input.confidential) {
    refuse("Send Document 2 does not send a confidential consultation (2.0.2).");
  }
  refuseFile("report", input.report);
  if (fileTypeOf(input.report.bytes) !== "application/pdf") refuse("report.bytes are no PDF (GPCM-SD-032).");
  if (input.report.title !== undefined) refuseTitle("report", input.report.title);
  for (const [index, file] of input.attachments.entries()) {
    refuseFile(`attachments[${index}]`, file);
    refuseTitle(`attachments[${index}]`, file.title);
  }
}

/**
 * Attachments and entries tell of a confidential consultation what its summary must not.
 *
 * @throws Itk3Error `input-invalid`
 */
export function refuseTelling({ generation, confidential, sections, attachments }: DocumentInput): void {
  // Generation 2 sends none: that is said first.
  if (!confidential || generation === 2) return;
  if (sections !== undefined) refuse("A confidential consultation summary has no sections.");
  if (attachments.length > 0) refuse("A confidential consultation summary has no attachments beside its report.");
}

// SCAL GPCM-SD-115.
const secondTypes: ReadonlySet<string> = new Set(["371531000", "149701000000109"]);

/** @throws Itk3Error `input-invalid` */
export function refuseDocument({ document: { name, type }, generation }: GenericDocumentInput): void {
  refuseName("document.name", name);
  if (/(?:^|\s)report$/i.test(name)) refuse("document.name ends in report, which the title adds.");
  if (/^(?:online )?consultation$/i.test(name)) refuse("document.name is that of another use case.");
  if (generation === 2 && !secondTypes.has(type.code)) {
    refuse("document.type.code is none that Send Document 2 allows (SCAL GPCM-SD-115).");
  }
}

/** @throws Itk3Error `input-invalid` */
export function refuseNow(now: Date): void {
  if (!(now instanceof Date) || Number.isNaN(now.getTime())) refuse("now is no time.");
}

/** @throws Itk3Error `input-invalid` */
export function refuseHeaderId(headerId: string): void {
  const fault = primitiveFault("id", headerId);
  if (fault !== undefined) refuse(`headerId ${fault}.`);
}

/** @throws Itk3Error `input-invalid` */
export function refusePractitioner(field: string, { sdsUserId, name, phone }: PractitionerInput): void {
  if (!/^\d{12}$/.test(sdsUserId)) refuse(`${field}.sdsUserId must be twelve digits.`);
  refusePersonName(`${field}.name`, name);
  refusePhone(field, phone);
}

/** @throws Itk3Error `input-invalid` */
export function refuseOrganisation(
  field: string,
  { odsCode, name, phone }: Pick<OrganisationInput, "odsCode" | "name"> & { phone?: string },
): void {
  if (!/^[A-Z0-9]{3,12}$/i.test(odsCode)) refuse(`${field}.odsCode must be 3 to 12 letters and digits.`);
  refuseName(`${field}.name`, name);
  refusePhone(field, phone);
}

function refusePatient({ nhsNumber, birthDate, name, phone }: PatientInput): void {
  if (!isNhsNumber(nhsNumber)) refuse("The patient's NHS number is not valid.");
  if (!/^\d{4}-\d\d-\d\d$/.test(birthDate) || primitiveFault("date", birthDate) !== undefined) {
    refuse("The patient's date of birth is not a whole date as yyyy-mm-dd.");
  }
  refusePersonName("patient.name", name);
  refusePhone("patient", phone);
}

function refusePersonName(field: string, { family, given, prefix }: PatientInput["name"]): void {
  refuseName(`${field}.family`, family);
  for (const one of given) refuseName(`${field}.given`, one);
  if (prefix !== undefined) refuseName(`${field}.prefix`, prefix);
}

// A name goes into a subject line and into the address that MESH routes by.
function refuseName(field: string, name: string): void {
  if (name.trim() === "") refuse(`${field} must not be blank.`);
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (name !== name.trim() || /[\u0000-\u001f\u007f\u2028\u2029]/.test(name)) {
    refuse(`${field} must be one line without spaces around it.`);
  }
}

function refusePhone(field: string, phone: string | undefined): void {
  if (phone?.trim() === "") refuse(`${field}.phone must not be blank.`);
}

function refuseDate(date: Date | string): void {
  const text = date instanceof Date && !Number.isNaN(date.getTime()) ? date.toISOString() : String(date);
  if (primitiveFault("dateTime", text) !== undefined) {
    refuse("The date of the consultation is neither a date nor an instant with a zone.");
  }
}

function refuseSenderReference(reference: string): void {
  if (reference.trim() === "" || reference.length > 255) {
    refuse("senderReference must have 1 to 255 characters (FHIR-SR-03).");
  }
  if (/^none$/i.test(reference.trim())) refuse("senderReference must identify the encounter (GPCM-SD-CS-046).");
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What the sentences of text and subject are read for has six digits. */
const mostVersions = 999_999;

function refuseVersion({ version, replaces, compositionIdentifier }: DocumentInput): void {
  if (!Number.isSafeInteger(version) || version < 1 || version > mostVersions) {
    refuse(`Versions are whole numbers from 1 to ${mostVersions}.`);
  }
  if (version > 1 && replaces === undefined) refuse("A version above 1 needs replaces (GPCM-SD-CS-027).");
  if (version === 1 && replaces !== undefined) refuse("Version 1 replaces nothing (GPCM-SD-CS-007).");
  if (replaces !== undefined && !uuid.test(replaces)) refuse("replaces must be a UUID (GPCM-SD-039).");
  if (compositionIdentifier !== undefined && !uuid.test(compositionIdentifier)) {
    refuse("compositionIdentifier must be a UUID.");
  }
}

function refuse(message: string): never {
  throw new Itk3Error("input-invalid", message);
}
