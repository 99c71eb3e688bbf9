import type { MailboxId, NhsNumber, OdsCode } from "@restante/mesh";
import type { Demographics, PatientRecord, PostalAddress } from "./demographics.ts";

/** The patients and organisations of a small health economy, read from two files by readDirectory. */
export interface Directory {
  readonly patients: readonly DirectoryPatient[];
  /** In the order of the file. */
  readonly organisations: readonly Organisation[];
}

export interface DirectoryPatient extends PatientRecord {
  /** Numbers that this record's number superseded. */
  readonly formerNhsNumbers: readonly NhsNumber[];
  /** The number was given in error: asking for it finds nothing. */
  readonly invalidated: boolean;
}

export interface Organisation {
  readonly odsCode: OdsCode;
  readonly name: string;
  readonly role: "practice" | "pharmacy";
  readonly address: PostalAddress;
  readonly phone: string;
  readonly email?: string;
  /** At least one. */
  readonly mailboxes: readonly OrganisationMailbox[];
}

export interface OrganisationMailbox {
  readonly mailboxId: MailboxId;
  /** How the organisation works the mailbox: by folders and a directory client, or by the MESH API itself. */
  readonly transport: "directory" | "api";
  /** Workflow ids. The answers to them (`_ACK`) come back without being listed. */
  readonly sends: readonly string[];
  /** Workflow ids. The answers to them (`_ACK`) may be sent without being listed. */
  readonly receives: readonly string[];
}

/** Looks patients up in the directory as PDS would. */
export function embeddedDemographics(directory: Directory): Demographics {
  const byNumber = new Map<NhsNumber, PatientRecord>();
  for (const patient of directory.patients) {
    if (patient.invalidated) continue;
    for (const number of [patient.nhsNumber, ...patient.formerNhsNumbers]) byNumber.set(number, patient);
  }
  return {
    async find(nhsNumber, signal) {
      signal?.throwIfAborted();
      return byNumber.get(nhsNumber);
    },
  };
}
