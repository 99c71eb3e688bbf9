import {
  type BuiltMessage,
  consultationSummary,
  type ConsultationSummaryInput,
  onlineConsultation,
} from "@restante/itk3";

import { testMailboxes, type TestPatient, testPatients } from "../patients.ts";

/** A whole message and how it is addressed: what a MESH client is given to send. */
export interface Letter {
  /** The registered practice by patient (`GPPROVIDER_...`), or the pharmacy's mailbox. The first is a patient detail. */
  readonly to: string;
  readonly workflowId: string;
  readonly subject: string;
  readonly localId: string;
  /** The ITK3 message, as XML. */
  readonly body: string;
}

export interface LetterOptions {
  /** Default: the one that is registered at the practice. */
  readonly patient?: TestPatient;
  /** `practice`: a consultation summary, routed by the patient. `pharmacy`: an online consultation. Default `practice`. */
  readonly to?: "practice" | "pharmacy";
  /** 1: GP Connect Messaging 1.x, 2: Send Document 2.x. Default 1 to a practice; a pharmacy takes 2. */
  readonly generation?: 1 | 2;
  /** What is to be otherwise, by the names of @restante/itk3: `{ confidential: true }`. */
  readonly input?: Partial<ConsultationSummaryInput>;
}

/**
 * A letter of the federation about a patient, which asks for both acknowledgements.
 *
 * @returns with `letter`, what a client sends, and `built`, the message as it was built: its `headerId` is what answers name
 * @throws {Itk3Error} `input-invalid`, with every problem of `input`
 * @example
 * const { letter, built } = writeLetter();
 * await server.client(testMailboxes.sender).send(letter);
 */
export function writeLetter(options: LetterOptions = {}): { letter: Letter; built: BuiltMessage } {
  const { patient = testPatients.registered, to = "practice", input } = options;
  const toPractice = to === "practice";
  const now = new Date();
  const build = toPractice ? consultationSummary : onlineConsultation;
  const built = build({
    generation: options.generation ?? (toPractice ? 1 : 2),
    now,
    senderMailbox: testMailboxes.sender,
    senderReference: "encounter-0001",
    recipientType: "FA",
    ...(!toPractice && { recipientMailbox: testMailboxes.pharmacy }),
    patient: {
      nhsNumber: patient.nhsNumber,
      name: { family: patient.surname, given: [patient.given] },
      birthDate: patient.dateOfBirth,
    },
    practitioner: {
      sdsUserId: "900000000001",
      name: { family: "Okafor", given: ["Ada"], prefix: "Dr" },
      phone: "01632 960904",
    },
    organisation: { odsCode: "Y90001", name: "Testbury Federation", phone: "01632 960901" },
    date: now,
    version: 1,
    confidential: false,
    report: { contentType: "application/pdf", bytes: Buffer.from("%PDF-1.7 a letter, as a test has it %%EOF") },
    attachments: [],
    ...input,
  });
  const { workflowId, localId, to: address, apiSubject: subject } = built.envelope;
  return { letter: { to: address, workflowId, subject, localId, body: built.xml }, built };
}
