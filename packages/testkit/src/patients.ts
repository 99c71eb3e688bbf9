// A small health economy for tests: three organisations with a mailbox each, and patients for each way of routing. Nothing of ITK3.
// Synthetic throughout: NHS numbers of the range 9xx, telephone numbers kept for drama.

import { type Directory, type OrganisationsFile, type PatientsFile, readDirectory } from "@restante/demographics";
import { writeRoutingAddress } from "@restante/mesh";

/** Mailbox ids. */
export const testMailboxes = {
  /** Y90001, a federation that sends. */
  sender: "Y90001OT001",
  /** Y90002, a practice that receives. */
  practice: "Y90002OT001",
  /** FY901, a pharmacy that works by API. */
  pharmacy: "FY901OT001",
} as const;

/** Any mailbox may send this to any other. */
export const testWorkflow = "RESTANTE_TEST";

/** ISO dates of birth. All but the last are in the directory. */
export const testPatients = {
  /** Registered at Y90002. */
  registered: { nhsNumber: "9955260181", dateOfBirth: "1979-03-14", given: "Imogen", surname: "Achterberg-Lowe" },
  /** Registered at Y90002; letters beyond Latin-1. */
  accented: { nhsNumber: "9951590837", dateOfBirth: "1991-07-23", given: "Łucja", surname: "Wójcik-Łoś" },
  /** Died, still registered at Y90002: routed. */
  deceased: { nhsNumber: "9950166136", dateOfBirth: "1940-11-28", given: "Cuthbert", surname: "Threlkeld" },
  /** EPL-151. */
  withoutPractice: { nhsNumber: "9951860915", dateOfBirth: "1985-05-06", given: "Sabine", surname: "Vandermeer" },
  /** EPL-151. */
  restricted: { nhsNumber: "9953909962", dateOfBirth: "1976-10-16", given: "Tamsin", surname: "Quennell" },
  /** Registered at Y90009, which has no mailbox: EPL-151. */
  elsewhere: { nhsNumber: "9950308240", dateOfBirth: "1958-07-07", given: "Gwilym", surname: "Ravensdale" },
  /** EPL-153. */
  unknown: { nhsNumber: "9956281948", dateOfBirth: "1970-01-01", given: "Nora", surname: "Nobody" },
} as const;

export type TestPatient = (typeof testPatients)[keyof typeof testPatients];

/** The address of a patient's practice, as GP Connect Messaging writes it. A patient detail. */
export function addressOf({ nhsNumber, dateOfBirth, surname }: TestPatient): string {
  return writeRoutingAddress({ nhsNumber, dateOfBirth, surname, order: "DDMMYYYY" });
}

/** The patients, as a file of patients has them. */
export function patientEntries(): PatientsFile["patients"] {
  return patients;
}

/** Patients and organisations as the embedded directory reads them. */
export function testDirectory(): Directory {
  return readDirectory({
    patients: JSON.stringify({ patients }),
    organisations: JSON.stringify({ organisations }),
  });
}

const { registered, accented, deceased, withoutPractice, restricted, elsewhere } = testPatients;
const atPractice = { practice: { odsCode: "Y90002", from: "2010-04-01" } };

const patients: PatientsFile["patients"] = [
  { ...record(registered), ...atPractice },
  { ...record(accented), ...atPractice },
  { ...record(deceased), ...atPractice, deceased: "1 month ago" },
  record(withoutPractice),
  { ...record(restricted), ...atPractice, restricted: true },
  { ...record(elsewhere), practice: { odsCode: "Y90009", from: "2010-04-01" } },
];

const address = { lines: ["1 Example Street", "Testbury"], postcode: "ZZ99 3VZ" };
const consultations = ["GPFED_CONSULT_REPORT", "GPCONNECT_SEND_DOCUMENT"];

const organisations: OrganisationsFile["organisations"] = [
  {
    odsCode: "Y90001",
    name: "Testbury Federation",
    role: "practice",
    address,
    phone: "01632 960901",
    mailboxes: [
      {
        mailboxId: testMailboxes.sender,
        transport: "directory",
        sends: [...consultations, "DF_ONLINE_CONSULTATION"],
        receives: [],
      },
    ],
  },
  {
    odsCode: "Y90002",
    name: "Harbour Light Surgery",
    role: "practice",
    address,
    phone: "01632 960902",
    mailboxes: [{ mailboxId: testMailboxes.practice, transport: "directory", sends: [], receives: consultations }],
  },
  {
    odsCode: "FY901",
    name: "Mill Lane Pharmacy",
    role: "pharmacy",
    address,
    phone: "01632 960903",
    mailboxes: [
      {
        mailboxId: testMailboxes.pharmacy,
        transport: "api",
        sends: [],
        receives: ["DF_ONLINE_CONSULTATION"],
      },
    ],
  },
];

function record({ nhsNumber, dateOfBirth, given, surname }: TestPatient): PatientsFile["patients"][number] {
  return { nhsNumber, dateOfBirth, names: [{ given: [given], family: surname }] };
}
