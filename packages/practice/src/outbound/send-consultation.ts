import { DemographicsError, isRegisteredAt } from "@restante/demographics";
import { inTransaction } from "@restante/durable";
import type { BuiltMessage } from "@restante/itk3";
import type { MailboxId, OdsCode } from "@restante/mesh";
import { attachmentsToSend, type Consultation } from "../consultation/consultation.ts";
import type { PracticeContext } from "../context.ts";
import { PracticeError } from "../errors.ts";
import type { SendOptions } from "../options.ts";
import { addAttachmentContents, type PlacedAttachments, placeAttachments } from "../store/attachments.ts";
import { addOutgoing } from "../store/outgoing.ts";
import { buildMessage, type EarlierVersion } from "./message.ts";

/** The mailbox that a report leaves by: one for the registered practice, and one for an organisation to be looked up. */
export interface SendingMailboxes {
  routed: MailboxId;
  /** Absent: no mailbox is worked by API, and only the API has the address lookup. */
  byLookup?: MailboxId;
}

/**
 * Makes a consultation's report into a message and stores both in one transaction. Nothing has left when this
 * resolves, and nothing can be lost any more: handing over starts from what is stored. The same version of the same
 * consultation for the same recipient is stored once, whoever asks again.
 */
export async function storeConsultation(
  context: PracticeContext,
  consultation: Consultation,
  mailboxes: SendingMailboxes,
  { to, signal }: SendOptions = {},
): Promise<{ headerId: string }> {
  const { organisation, reports, emit, database } = context;
  const odsCode = to?.odsCode ?? providerOf(consultation);
  const earlier = storedReport(context, consultation, odsCode);
  if (earlier !== undefined) return earlier;
  await refuseUnsendable(context, consultation, odsCode, signal);
  const mailboxId = odsCode === undefined ? mailboxes.routed : mailboxes.byLookup;
  if (mailboxId === undefined) {
    throw new PracticeError(
      "address-lookup-needs-api",
      "A report for an organisation is addressed by the MESH API's lookup, which a directory does not have.",
    );
  }
  const report = await reports.write(consultation, signal);
  const stored = inTransaction(database, () => {
    // Another process may have stored it while the PDF was made.
    const other = storedReport(context, consultation, odsCode);
    if (other !== undefined) return other;
    const replaced = earlierVersion(context, consultation, odsCode);
    if (replaced === undefined && consultation.version > 1) {
      const why = "no version of this consultation (its id) was sent from here to the same recipient before";
      throw new PracticeError(
        "no-earlier-version",
        `Version ${consultation.version} replaces an earlier one, and ${why}.`,
      );
    }
    const message = buildMessage(context, mailboxId, consultation, report, replaced);
    const content = new TextEncoder().encode(message.xml);
    const placed = placeAttachments(content, attachmentsOf(consultation, report));
    store(context, mailboxId, consultation, message, content, placed, odsCode);
    return { headerId: message.headerId, bytes: content.byteLength };
  });
  const { headerId, bytes } = stored;
  if (bytes !== undefined) {
    emit({ event: "report-built", odsCode: organisation.odsCode, headerId, version: consultation.version, bytes });
  }
  return { headerId };
}

function providerOf(consultation: Consultation): OdsCode | undefined {
  return consultation.kind === "online-consultation" ? consultation.provider?.odsCode : undefined;
}

async function refuseUnsendable(
  context: PracticeContext,
  consultation: Consultation,
  odsCode: OdsCode | undefined,
  signal?: AbortSignal,
): Promise<void> {
  if (consultation.organisation.odsCode !== context.organisation.odsCode) {
    throw new PracticeError("not-our-consultation", "The consultation took place at another organisation.");
  }
  if (consultation.confidential && context.generation === 2) {
    throw new PracticeError("confidential-not-sent", "Send Document 2 does not send confidential consultations.");
  }
  if (odsCode === undefined && (await isOurPatient(context, consultation, signal))) {
    throw new PracticeError("registered-here", "The patient is registered here: there is no practice to tell.");
  }
}

/** Where demographics cannot be reached the report goes out: MESH looks the practice up itself. */
async function isOurPatient(
  { patients, organisation, clock, role }: PracticeContext,
  { patient }: Consultation,
  signal?: AbortSignal,
): Promise<boolean> {
  if (role !== "practice") return false;
  try {
    const record = await patients.find(patient.nhsNumber, signal);
    const today = clock.now().toISOString().slice(0, 10);
    return record !== undefined && isRegisteredAt(record, organisation.odsCode, today);
  } catch (error) {
    if (error instanceof DemographicsError && error.code === "unavailable") return false;
    throw error;
  }
}

function storedReport(
  { database }: PracticeContext,
  { id, version }: Consultation,
  odsCode: OdsCode | undefined,
): { headerId: string; bytes?: never } | undefined {
  const row = database
    .prepare(
      `SELECT header_id FROM report JOIN outgoing USING (header_id)
       WHERE consultation_id = ? AND version = ? AND to_ods IS ?`,
    )
    .get(id, version, odsCode ?? null);
  return row && { headerId: row["header_id"] as string };
}

/** The latest earlier report of this consultation to the same recipient: what this one replaces (SD-039). */
function earlierVersion(
  { database }: PracticeContext,
  consultation: Consultation,
  odsCode: OdsCode | undefined,
): EarlierVersion | undefined {
  const row = database
    .prepare(
      `SELECT document_identifier, composition_identifier FROM report JOIN outgoing USING (header_id)
       WHERE consultation_id = ? AND version < ? AND to_ods IS ? ORDER BY version DESC, sequence DESC LIMIT 1`,
    )
    .get(consultation.id, consultation.version, odsCode ?? null);
  return (
    row && {
      documentIdentifier: row["document_identifier"] as string,
      compositionIdentifier: row["composition_identifier"] as string,
    }
  );
}

function attachmentsOf(consultation: Consultation, report: Uint8Array): Parameters<typeof placeAttachments>[1] {
  return [
    { title: "Report", contentType: "application/pdf", content: report, primary: true },
    ...attachmentsToSend(consultation).map(({ title, contentType, bytes }) => ({
      title,
      contentType,
      content: bytes,
      primary: false,
    })),
  ];
}

/** The consultation may name the provider, and the report may go elsewhere all the same. */
function toNameOf(consultation: Consultation, odsCode: OdsCode | undefined): { toName?: string } {
  const provider = consultation.kind === "online-consultation" ? consultation.provider : undefined;
  return provider?.name !== undefined && provider.odsCode === odsCode ? { toName: provider.name } : {};
}

function store(
  { database, clock }: PracticeContext,
  mailboxId: MailboxId,
  consultation: Consultation,
  message: BuiltMessage,
  content: Uint8Array,
  { attachments, contents }: PlacedAttachments,
  odsCode: OdsCode | undefined,
): void {
  const { headerId, envelope, documentId, documentIdentifier, compositionIdentifier } = message;
  addOutgoing(
    database,
    {
      headerId,
      kind: "report",
      mailboxId,
      ...(odsCode === undefined ? { toAddress: envelope.to } : { toOds: odsCode }),
      ...toNameOf(consultation, odsCode),
      workflowId: envelope.workflowId,
      subject: envelope.subject,
      localId: envelope.localId,
      content,
    },
    clock.now(),
  );
  database
    .prepare(
      `INSERT INTO report (header_id, document_id, document_identifier, composition_identifier, consultation_id, kind, version, attachments)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      headerId,
      documentId,
      documentIdentifier,
      compositionIdentifier,
      consultation.id,
      consultation.kind,
      consultation.version,
      JSON.stringify(attachments),
    );
  addAttachmentContents(database, headerId, contents);
}
