import { type Clock, parseMailboxId, parseNhsNumber, parseOdsCode, systemClock } from "@restante/mesh";
import { lookThrough, problemLine } from "@restante/settings";
import { dayMeant } from "./dates.ts";
import type { PersonName, PostalAddress, Registration } from "./demographics.ts";
import {
  type AddressEntry,
  type NameEntry,
  type OrganisationEntry,
  organisationsSchema,
  type PatientEntry,
  patientsSchema,
  type RegistrationEntry,
} from "./directory-files.ts";
import type { Directory, DirectoryPatient, Organisation } from "./directory.ts";
import { DirectoryError } from "./errors.ts";

/** The two files, as text: JSON where the name ends in `.json`, else YAML. */
export interface DirectoryFiles {
  /** As `examples/patients.json`. */
  readonly patients: string;
  /** As `examples/organisations.json`. Absent: none, where patients alone are asked for. */
  readonly organisations?: string;
  /** What the files are called, so that a problem names the one that was given. Unless told, as the examples. */
  readonly names?: { readonly patients: string; readonly organisations: string };
}

/**
 * Reads the embedded directory. Throws {@link DirectoryError} with every problem of both files, each with the file, its
 * JSON Pointer, line and column. The clock gives the meaning of `2 months ago`.
 */
export function readDirectory(files: DirectoryFiles, clock: Clock = systemClock): Directory {
  const { patients: patientsName = "patients.json", organisations: organisationsName = "organisations.json" } =
    files.names ?? {};
  const patients = lookThrough({ name: patientsName, text: files.patients }, patientsSchema);
  const organisations =
    files.organisations === undefined
      ? { value: { organisations: [] }, problems: [] }
      : lookThrough({ name: organisationsName, text: files.organisations }, organisationsSchema);
  const problems = [...patients.problems, ...organisations.problems];
  if (problems.length > 0 || patients.value === undefined || organisations.value === undefined) {
    throw new DirectoryError(problems.map(problemLine));
  }
  const now = clock.now();
  return {
    patients: patients.value.patients.map((entry) => toPatient(entry, now)),
    organisations: organisations.value.organisations.map(toOrganisation),
  };
}

// Spaces around a text mean nothing.

function toPatient(entry: PatientEntry, now: Date): DirectoryPatient {
  const { practice, address, deceased } = entry;
  return {
    nhsNumber: parseNhsNumber(entry.nhsNumber),
    formerNhsNumbers: (entry.formerNhsNumbers ?? []).map(parseNhsNumber),
    names: entry.names.map(toName),
    dateOfBirth: entry.dateOfBirth,
    gender: entry.gender,
    address: address === undefined ? undefined : toAddress(address),
    phone: entry.phone?.trim(),
    practice: practice === undefined ? undefined : toRegistration(practice),
    formerPractices: (entry.formerPractices ?? []).map(toRegistration),
    deceased: deceased === undefined ? undefined : dayMeant(deceased, now),
    restricted: entry.restricted ?? false,
    invalidated: entry.invalidated ?? false,
  };
}

function toName({ use = "usual", prefix, given = [], family }: NameEntry): PersonName {
  return { use, prefix: prefix?.trim(), given: given.map((name) => name.trim()), family: family.trim() };
}

function toAddress({ lines, postcode }: AddressEntry): PostalAddress {
  return { lines: lines.map((line) => line.trim()), postcode: postcode.trim() };
}

function toRegistration({ odsCode, from, to }: RegistrationEntry): Registration {
  return { odsCode: parseOdsCode(odsCode), from, to };
}

function toOrganisation(entry: OrganisationEntry): Organisation {
  const { odsCode, role, email } = entry;
  return {
    odsCode: parseOdsCode(odsCode),
    name: entry.name.trim(),
    role,
    address: toAddress(entry.address),
    phone: entry.phone.trim(),
    ...(email === undefined ? {} : { email: email.trim() }),
    mailboxes: entry.mailboxes.map(({ mailboxId, transport, sends, receives }) => ({
      mailboxId: parseMailboxId(mailboxId),
      transport,
      sends: sends.map((workflowId) => workflowId.trim()),
      receives: receives.map((workflowId) => workflowId.trim()),
    })),
  };
}
