import {
  distinct,
  flag,
  idOf,
  list,
  mailboxIdFormat,
  nhsNumberFormat,
  object,
  odsCodeFormat,
  oneOf,
  optional,
  type Schema,
  text,
  withRules,
} from "@restante/settings";
import { dayFormat, dayOrAgoFormat, partialDayFormat } from "./dates.ts";
import type { Gender, NameUse } from "./demographics.ts";

// The two files of the embedded directory as they are written. What they mean is in directory.ts.

/** `patients.json` */
export interface PatientsFile {
  patients: PatientEntry[];
}

export interface PatientEntry {
  nhsNumber: string;
  formerNhsNumbers?: string[];
  names: NameEntry[];
  dateOfBirth: string;
  gender?: Gender;
  address?: AddressEntry;
  phone?: string;
  practice?: RegistrationEntry;
  formerPractices?: RegistrationEntry[];
  deceased?: string;
  restricted?: boolean;
  invalidated?: boolean;
  note?: string;
}

export interface NameEntry {
  use?: NameUse;
  prefix?: string;
  given?: string[];
  family: string;
}

export interface AddressEntry {
  lines: string[];
  postcode: string;
}

export interface RegistrationEntry {
  odsCode: string;
  from?: string;
  to?: string;
}

/** `organisations.json` */
export interface OrganisationsFile {
  organisations: OrganisationEntry[];
}

export interface OrganisationEntry {
  odsCode: string;
  name: string;
  role: "practice" | "pharmacy";
  address: AddressEntry;
  phone: string;
  email?: string;
  mailboxes: MailboxEntry[];
}

export interface MailboxEntry {
  mailboxId: string;
  transport: "directory" | "api";
  sends: string[];
  receives: string[];
}

const address = (description: string): Schema<AddressEntry> =>
  object<AddressEntry>(
    {
      lines: list(text({ description: "One line." }), { description: "From house to county.", least: 1 }),
      postcode: text({ description: "With its space." }),
    },
    { description },
  );

const registration = (description: string): Schema<RegistrationEntry> =>
  object<RegistrationEntry>(
    {
      odsCode: text({ description: "The practice's ODS code.", format: odsCodeFormat }),
      from: optional(text({ description: "The first day there. Absent: always.", format: dayFormat })),
      to: optional(text({ description: "The last day there. Absent: still.", format: dayFormat })),
    },
    { description },
  );

const patient = object<PatientEntry>(
  {
    nhsNumber: text({
      description: "Ten digits, spaces allowed. Those of invented patients begin with 9.",
      format: nhsNumberFormat,
    }),
    formerNhsNumbers: optional(
      list(text({ description: "An NHS number.", format: nhsNumberFormat }), {
        description: "Numbers that this one superseded: asking for one of them finds this patient.",
        default: [],
      }),
    ),
    names: list(
      object<NameEntry>(
        {
          use: optional(
            oneOf(["usual", "old", "maiden", "nickname", "temp"], {
              description: "What kind of name it is.",
              default: "usual",
            }),
          ),
          prefix: optional(text({ description: "Such as Ms. Absent: none." })),
          given: optional(
            list(text({ description: "One given name." }), { description: "The given names, in order.", default: [] }),
          ),
          family: text({ description: "The family name, as it is written." }),
        },
        { description: "A name." },
      ),
      { description: "All names of the patient: any of them may be the one that a message has.", least: 1 },
    ),
    dateOfBirth: text({
      description: "The day of birth, or as much of it as is known.",
      format: partialDayFormat,
    }),
    gender: optional(
      oneOf(["male", "female", "other", "unknown"], { description: "As FHIR has it. Absent: not recorded." }),
    ),
    address: optional(address("Where the patient lives. Absent: not recorded.")),
    phone: optional(text({ description: "Absent: not recorded." })),
    practice: optional(registration("The practice that keeps the record. Absent: none, messages come back.")),
    formerPractices: optional(
      list(registration("A practice that the patient has left."), {
        description: "Practices that the patient has left.",
        default: [],
      }),
    ),
    deceased: optional(
      text({
        description: "The day of death, or how long ago it was, which keeps an example recent. Absent: alive.",
        format: dayOrAgoFormat,
      }),
    ),
    restricted: optional(
      flag({ description: "The patient's whereabouts are withheld: nothing is routed.", default: false }),
    ),
    invalidated: optional(
      flag({ description: "The number was given in error: asking for it finds nothing.", default: false }),
    ),
    note: optional(text({ description: "For people who read the file; nothing looks at it. Absent: none." })),
  },
  { description: "A patient." },
);

export const patientsSchema: Schema<PatientsFile> = withRules(
  object<PatientsFile>(
    { patients: list(patient, { description: "The patients, in any order." }) },
    {
      description: "The patients that the embedded directory knows: who they are and which practice keeps the record.",
    },
  ),
  distinct(["/patients/*/nhsNumber", "/patients/*/formerNhsNumbers/*"], idOf(nhsNumberFormat)),
);

const mailbox = object<MailboxEntry>(
  {
    mailboxId: text({ description: "Its id in MESH.", format: mailboxIdFormat }),
    transport: oneOf(["directory", "api"], {
      description: "How it is worked: by folders and a MESH client (directory), or by the MESH API itself (api).",
    }),
    sends: list(text({ description: "A workflow id." }), {
      description: "The workflows that it sends. Their answers (_ACK) come back without being listed.",
    }),
    receives: list(text({ description: "A workflow id." }), {
      description: "The workflows that it receives. Their answers (_ACK) may be sent without being listed.",
    }),
  },
  { description: "A mailbox." },
);

const organisation = object<OrganisationEntry>(
  {
    odsCode: text({ description: "Its code in the Organisation Data Service.", format: odsCodeFormat }),
    name: text({ description: "As people read it." }),
    role: oneOf(["practice", "pharmacy"], {
      description: "A practice keeps a register of patients; a pharmacy does not.",
    }),
    address: address("Where it is."),
    phone: text({ description: "As people write it." }),
    email: optional(text({ description: "Absent: none." })),
    mailboxes: list(mailbox, { description: "Its mailboxes.", least: 1 }),
  },
  { description: "An organisation." },
);

export const organisationsSchema: Schema<OrganisationsFile> = withRules(
  object<OrganisationsFile>(
    { organisations: list(organisation, { description: "The organisations, in the order of their ports.", least: 1 }) },
    { description: "The organisations that the embedded directory knows, with their mailboxes." },
  ),
  distinct(["/organisations/*/odsCode"], idOf(odsCodeFormat)),
  distinct(["/organisations/*/mailboxes/*/mailboxId"], idOf(mailboxIdFormat)),
);
