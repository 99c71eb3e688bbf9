import { type Clock, type NhsNumber, parseMailboxId, parseNhsNumber, parseOdsCode, systemClock } from "@restante/mesh";
import { day, dayOrAgo, partialDay } from "./dates.ts";
import type { PersonName, PostalAddress, Registration } from "./demographics.ts";
import type { Directory, DirectoryPatient, Organisation, OrganisationMailbox } from "./directory.ts";
import { DirectoryError } from "./errors.ts";
import {
  flag,
  list,
  object,
  oneOf,
  optional,
  parseJson,
  parsed,
  type Place,
  placeWords,
  type Read,
  text,
  withDefault,
} from "./json-place.ts";

/** The two files, as text. */
export interface DirectoryFiles {
  /** As `examples/patients.json`. */
  readonly patients: string;
  /** As `examples/organisations.json`. */
  readonly organisations: string;
  /** What the files are called, so that a problem names the one that was given. Unless told, as the examples. */
  readonly names?: { readonly patients: string; readonly organisations: string };
}

/**
 * Reads the embedded directory. Throws {@link DirectoryError} with every problem of both files, each with the file, its
 * JSON Pointer, line and column. The clock gives the meaning of `2 months ago`.
 */
export function readDirectory(files: DirectoryFiles, clock: Clock = systemClock): Directory {
  const problems: string[] = [];
  const { patients: patientsName = "patients.json", organisations: organisationsName = "organisations.json" } =
    files.names ?? {};
  const patientsFile = parseJson(patientsName, files.patients, problems);
  const organisationsFile = parseJson(organisationsName, files.organisations, problems);
  const patients =
    patientsFile === undefined ? [] : object(patientsFile, ["patients"])("patients", list(readPatient(clock.now())));
  const organisations =
    organisationsFile === undefined
      ? []
      : object(organisationsFile, ["organisations"])("organisations", list(readOrganisation, 1));
  if (patientsFile !== undefined) problems.push(...repeatedNumbers(patientsFile, patients));
  if (organisationsFile !== undefined) problems.push(...repeatedIds(organisationsFile, organisations));
  if (problems.length > 0) throw new DirectoryError(problems);
  return { patients, organisations };
}

const nhsNumber: Read<NhsNumber> = parsed(
  parseNhsNumber,
  "an NHS number: ten digits of which the last is a valid check digit",
);
const odsCode = parsed(parseOdsCode, "an ODS code: 3 to 12 letters and digits");
const mailboxId = parsed(parseMailboxId, "a mailbox id: up to 100 letters, digits, underscores and hyphens");

function readPatient(now: Date): Read<DirectoryPatient> {
  return (place) => {
    const read = object(place, [
      "nhsNumber",
      "formerNhsNumbers",
      "names",
      "dateOfBirth",
      "gender",
      "address",
      "phone",
      "practice",
      "formerPractices",
      "deceased",
      "restricted",
      "invalidated",
      // For people who read the file.
      "note",
    ]);
    return {
      nhsNumber: read("nhsNumber", nhsNumber),
      formerNhsNumbers: read("formerNhsNumbers", withDefault(list(nhsNumber), [])),
      names: read("names", list(readName, 1)),
      dateOfBirth: read("dateOfBirth", partialDay),
      gender: read("gender", optional(oneOf("male", "female", "other", "unknown"))),
      address: read("address", optional(readAddress)),
      phone: read("phone", optional(text)),
      practice: read("practice", optional(readRegistration)),
      formerPractices: read("formerPractices", withDefault(list(readRegistration), [])),
      deceased: read("deceased", optional(dayOrAgo(now))),
      restricted: read("restricted", withDefault(flag, false)),
      invalidated: read("invalidated", withDefault(flag, false)),
    };
  };
}

const readName: Read<PersonName> = (place) => {
  const read = object(place, ["use", "prefix", "given", "family"]);
  return {
    use: read("use", withDefault(oneOf("usual", "old", "maiden", "nickname", "temp"), "usual")),
    prefix: read("prefix", optional(text)),
    given: read("given", withDefault(list(text), [])),
    family: read("family", text),
  };
};

const readAddress: Read<PostalAddress> = (place) => {
  const read = object(place, ["lines", "postcode"]);
  return { lines: read("lines", list(text, 1)), postcode: read("postcode", text) };
};

const readRegistration: Read<Registration> = (place) => {
  const read = object(place, ["odsCode", "from", "to"]);
  return { odsCode: read("odsCode", odsCode), from: read("from", optional(day)), to: read("to", optional(day)) };
};

const readOrganisation: Read<Organisation> = (place) => {
  const read = object(place, ["odsCode", "name", "role", "address", "phone", "email", "mailboxes"]);
  const email = read("email", optional(text));
  return {
    odsCode: read("odsCode", odsCode),
    name: read("name", text),
    role: read("role", oneOf("practice", "pharmacy")),
    address: read("address", readAddress),
    phone: read("phone", text),
    ...(email === undefined ? {} : { email }),
    mailboxes: read("mailboxes", list(readMailbox, 1)),
  };
};

const readMailbox: Read<OrganisationMailbox> = (place) => {
  const read = object(place, ["mailboxId", "transport", "sends", "receives"]);
  return {
    mailboxId: read("mailboxId", mailboxId),
    transport: read("transport", oneOf("directory", "api")),
    sends: read("sends", list(text)),
    receives: read("receives", list(text)),
  };
};

function repeatedNumbers(file: Place, patients: readonly DirectoryPatient[]): string[] {
  return repeated(
    file,
    patients.flatMap((patient, index) => [
      { id: patient.nhsNumber, at: `/patients/${index}/nhsNumber` },
      ...patient.formerNhsNumbers.map((id, number) => ({
        id,
        at: `/patients/${index}/formerNhsNumbers/${number}`,
      })),
    ]),
  );
}

function repeatedIds(file: Place, organisations: readonly Organisation[]): string[] {
  const codes = organisations.map(({ odsCode: id }, index) => ({
    id,
    at: `/organisations/${index}/odsCode`,
  }));
  const mailboxes = organisations.flatMap((organisation, index) =>
    organisation.mailboxes.map(({ mailboxId: id }, mailbox) => ({
      id,
      at: `/organisations/${index}/mailboxes/${mailbox}/mailboxId`,
    })),
  );
  return [...repeated(file, codes), ...repeated(file, mailboxes)];
}

/** An id that was not read is empty, and no repetition. */
function repeated(file: Place, ids: readonly { readonly id: string; readonly at: string }[]): string[] {
  const first = new Map<string, string>();
  return ids.flatMap(({ id, at }) => {
    const before = first.get(id);
    if (before === undefined) first.set(id, at);
    return before === undefined || id === ""
      ? []
      : [`${placeWords(file, at)} is the same as ${placeWords(file, before)}`];
  });
}
