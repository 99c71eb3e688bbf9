import { type Clock, type MailboxId, systemClock, writeControlFile } from "@restante/mesh";
import type { Consultation } from "../consultation/consultation.ts";
import { reportPdf } from "../consultation/report-pdf.ts";
import { controlFileOf } from "../hand-over/directory.ts";
import type { PracticeOrganisation } from "../options.ts";
import { buildMessage } from "./message.ts";

/** The two files that a message is in OUT. */
export interface ConsultationPair {
  /** The MessageHeader.id: a name for the files that tells nothing of the patient. */
  headerId: string;
  /** The `.dat`: the ITK3 message. */
  data: Uint8Array;
  /** The `.ctl`. */
  control: string;
}

/**
 * The pair of files of a consultation's report to the registered practice, for somebody who drops it into OUT by hand.
 * Nothing is stored, so its acknowledgements belong to nothing that the organisation's system sent.
 */
export async function consultationPair(
  consultation: Consultation,
  options: { organisation: PracticeOrganisation; mailboxId: MailboxId; generation?: 1 | 2; clock?: Clock },
): Promise<ConsultationPair> {
  const { organisation, mailboxId, generation = 1, clock = systemClock } = options;
  const report = await reportPdf(consultation, { organisation, clock });
  const { xml, headerId, envelope } = buildMessage(
    { organisation, clock, generation },
    mailboxId,
    consultation,
    report,
    undefined,
  );
  const { to, subject, localId, workflowId } = envelope;
  const control = writeControlFile(controlFileOf({ mailboxId, toAddress: to, subject, localId, workflowId }));
  return { headerId, data: new TextEncoder().encode(xml), control };
}
