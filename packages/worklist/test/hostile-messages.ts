import { businessResponse, genericDocument, infrastructureResponse } from "@restante/itk3";
import { genericKinds } from "../../itk3/test/build/sections/generic-kinds.ts";
import { onlineKinds } from "../../itk3/test/build/sections/online-kinds.ts";
import { deliver, type DirectoryPractice, markSent } from "../../practice/test/support/economy.ts";
import { consultation, patient } from "../../practice/test/support/consultations.ts";
import { documentInput, workflowId } from "../../practice/test/support/messages.ts";
import { activePdf, elsewhere, hostileFiles } from "./hostile-files.ts";

// What a practice is sent by somebody who means harm: every text of it is `hostile`, every file one of hostile-files.ts.

const stranger = "Z99009OT009";

/** Marks of a page and of a template, what leads elsewhere, directions, what is not seen, and a word without an end. */
export const hostile: string = [
  `<script>document.title="ran"</script><img src="${elsewhere}/a.png" onerror='document.title="ran"'>`,
  `</span></td></table></title></textarea><svg onload="document.title='ran'">'"&{{7*1111111}}{%x%}\${7}`,
  `\u200B\uFEFF\u0085\u2066\u2069\u202Eoverridden`,
  `javascript:alert(1) ../../etc/passwd`,
  "W".repeat(600),
].join("");

/** What of it stands on a page that shows any: it is shown in part where it is long. */
export const shownOfIt: string = `<script>document.title="ran"</script><img src="${elsewhere}/a.png"`;

function inXml(text: string): string {
  return text.replaceAll(/[<>&"'\r\n\u0080-\u009F]/g, (letter) => `&#${letter.codePointAt(0)};`);
}

/** A document with entries of every kind, in which all that a person writes is hostile. */
export function hostileDocument(): { xml: string; subject: string } {
  const document = {
    name: "Clinic",
    type: { code: "371531000", display: "Report of clinical encounter" },
    encounterType: { code: "11429006", display: "Consultation" },
  };
  const { xml } = genericDocument({
    ...documentInput({
      // Another than the register has: a person is to decide.
      patient: { nhsNumber: patient.nhsNumber, name: { family: "F", given: ["G"] }, birthDate: "1977-07-07" },
      report: { contentType: "application/pdf", bytes: activePdf() },
      attachments: hostileFiles.map(({ bytes }, index) => ({
        title: `title of file ${index}.`,
        contentType: `application/x-file-${index}`,
        bytes,
      })),
      sections: (parts) => Object.values({ ...onlineKinds, ...genericKinds }).flatMap(({ full }) => full(parts)),
    }),
    document,
  });
  const written =
    /(<(?:family|given|prefix|name|display|title|text|comment|description|line|city) value=")(?!title of)[^"]*/g;
  const poisoned = xml
    .replaceAll(written, (_, start: string) => start + inXml(hostile))
    .replaceAll(/(<(?:p|td|th|li)>)[^<]+/g, (_, start: string) => start + inXml(hostile));
  return {
    xml: hostileFiles.reduceRight(
      (message, { title, contentType }, index) =>
        message
          .replaceAll(`"title of file ${index}."`, `"${inXml(title)}"`)
          .replaceAll(`"application/x-file-${index}"`, `"${inXml(contentType)}"`),
      poisoned,
    ),
    subject: hostile,
  };
}

/** A message that is refused for what is in it, one that is none, and MESH's own word about one, in hostile words. */
export function deliverTheRest(to: DirectoryPractice, { xml, subject }: { xml: string; subject: string }): void {
  const from = stranger;
  const active = xml.replace(/<p>/, `<p onclick="document.title='ran'">`);
  deliver(to, active, { from, workflowId, subject });
  deliver(to, `<html><script>document.title="ran"</script></html>`, { from, workflowId: hostile, subject });
  // Its name in the folder is the id that it has on the pages.
  const messageId = `<img src=x onerror="document.title='ran'">%2e%2e`;
  deliver(to, "MZ", {
    from: hostile,
    workflowId: "SOME_SPREADSHEET",
    subject,
    messageId,
    localId: hostile,
    partnerId: hostile,
  });
  const status = { at: "20260302110000", event: hostile, success: false, code: hostile, description: hostile };
  deliver(to, "", { from: "", workflowId: hostile, subject, messageType: "Report", addressType: "DTS", status });
}

/** A report that was answered, one that was not, and what says of them what is not so: delivers it, and tells how many there are. */
export async function forgeAnswers(
  to: DirectoryPractice,
): Promise<{ answered: string; unanswered: string; deliverForged: () => number }> {
  const answered = (await to.practice.sendConsultation(consultation())).headerId;
  const unanswered = (await to.practice.sendConsultation(consultation({ id: "encounter-2" }))).headerId;
  await to.practice.cycle();
  markSent(to, answered, "20260302110000123456_ABCDE1");
  markSent(to, unanswered, "20260302110000123456_ABCDE2");
  await to.practice.cycle();
  const ack = `${workflowId}_ACK`;
  const answer = (headerId: string, code: string, changes: { mailboxId?: string; odsCode?: string } = {}): string =>
    (code.startsWith("3") ? businessResponse : infrastructureResponse)({
      now: new Date("2026-03-02T10:40:00Z"),
      request: { headerId },
      code,
      diagnostics: hostile.replaceAll(/[\u0080-\u009F]/g, ""),
      responder: { odsCode: "Y99002", mailboxId: "Y99002OT001", ...changes },
    }).xml;
  for (const code of ["20013", "30001"]) deliver(to, answer(answered, code), { from: "Y99002OT001", workflowId: ack });
  await to.practice.cycle();

  const forgeries: (readonly [xml: string, from: string, workflowId: string])[] = [
    // The right id, in capitals too, from another mailbox; as the one that was sent to, and as another.
    [answer(answered, "30002"), stranger, ack],
    [answer(answered.toUpperCase(), "20009"), stranger, ack],
    [answer(answered, "30003", { mailboxId: stranger, odsCode: "Z99009" }), stranger, ack],
    // No mailbox at all.
    [answer(answered, "30002"), "", ack],
    [answer(answered, "30002"), hostile, ack],
    // On a workflow of documents, and on one of neither.
    [answer(answered, "30002"), stranger, workflowId],
    [answer(answered, "30002"), stranger, "SOME_SPREADSHEET"],
    // Of what was never sent: another id, and ids that are none.
    [answer("7f0c2b1a-5d3e-4c6f-9a8b-001122334455", "20013"), "Y99002OT001", ack],
    [answer(`${unanswered}0`.slice(1), "20013"), "Y99002OT001", ack],
    // Whose meaning something that is not known may change.
    [
      answer(unanswered, "20013").replace(
        "<MessageHeader>",
        `<MessageHeader><implicitRules value="${elsewhere}/rules"/>`,
      ),
      "Y99002OT001",
      ack,
    ],
    // A document that comes as an answer, and what is neither.
    [hostileDocument().xml, stranger, ack],
    [hostile, stranger, ack],
  ];
  const deliverForged = (): number => {
    for (const [xml, from, workflow] of forgeries) deliver(to, xml, { from, workflowId: workflow, subject: hostile });
    return forgeries.length;
  };
  return { answered, unanswered, deliverForged };
}
