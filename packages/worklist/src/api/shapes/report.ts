import type { AwaitedAnswer, ReceivedResponse, SentReport, SentReportDetail, UnusedAnswer } from "@restante/practice";
import { flag, list, object, oneOf, optional, text, type Needed, type PropertiesOf } from "@restante/settings";
import { count, instant, words } from "../kinds.ts";
import {
  type ActShape,
  acts,
  actsOf,
  attachments,
  type AttachmentShape,
  attachmentsOf,
  given,
  guidance,
  type GuidanceShape,
  matter,
  matterOf,
  type MatterShape,
} from "./common.ts";
import { guidanceFor } from "../../words/reports.ts";

interface RecipientShape {
  kind: "registered-practice" | "organisation";
  mailboxId?: string;
  odsCode?: string;
  name?: string;
}

interface ReceivedShape {
  code: string;
  text: string;
  diagnostics?: string;
  positive: boolean;
  receivedAt: string;
  from?: string;
  messageId: string;
}

const received = object<ReceivedShape>(
  {
    code: text({ description: "The ITK3 response code." }),
    text: words("What it says."),
    diagnostics: optional(words("What they say besides.")),
    positive: flag({ description: "Whether it is a good one." }),
    receivedAt: instant("When it came."),
    from: optional(text({ description: "The mailbox it came from." })),
    messageId: text({ description: "The id that MESH gave it." }),
  },
  { description: "An acknowledgement." },
);

function receivedOf(response: ReceivedResponse): ReceivedShape {
  const { code, text: says, diagnostics, positive, receivedAt, from, messageId } = response;
  return {
    code,
    text: says,
    ...given("diagnostics", diagnostics),
    positive,
    receivedAt: receivedAt.toISOString(),
    ...given<"from", string | undefined>("from", from),
    messageId,
  };
}

interface AwaitedShape {
  level: AwaitedAnswer["level"];
  since: string;
  by: string;
}

export interface ReportShape {
  sequence: number;
  version: number;
  href: string;
  headerId: string;
  documentId: string;
  consultationId: string;
  kind: SentReport["kind"];
  documentVersion: number;
  subject: string;
  recipient: RecipientShape;
  workflowId: string;
  state: string;
  builtAt: string;
  handedOverAt?: string;
  sentAt?: string;
  undoableUntil?: string;
  messageId?: string;
  infrastructure?: ReceivedShape;
  business?: ReceivedShape;
  via?: "directory" | "api";
  awaits?: AwaitedShape;
  overdue: boolean;
  attention?: string;
  matter?: MatterShape;
}

const properties: PropertiesOf<ReportShape> = {
  sequence: count("Counts up by one with every report."),
  version: count("Grows with every change that a person would want to know of before they act."),
  href: text({ description: "Where all of it is." }),
  headerId: text({ description: "The id of the message." }),
  documentId: text({ description: "The id of the document." }),
  consultationId: text({ description: "The id of the consultation." }),
  kind: oneOf(["consultation-summary", "online-consultation"], { description: "What was sent." }),
  documentVersion: count("Of the consultation's report."),
  subject: words("It names the patient."),
  recipient: object<RecipientShape>(
    {
      kind: oneOf(["registered-practice", "organisation"], { description: "By the patient, or by name." }),
      mailboxId: optional(text({ description: "Where it went, as soon as that is known." })),
      odsCode: optional(text({ description: "Of the organisation." })),
      name: optional(words("Of the organisation.")),
    },
    { description: "Whom it is for." },
  ),
  workflowId: text({ description: "The MESH workflow." }),
  state: text({
    description: "built, handed-over, sent, received, accepted, held, failed, returned or refused.",
  }),
  builtAt: instant("When it was made."),
  handedOverAt: optional(instant("When it was handed over.")),
  sentAt: optional(instant("When MESH had it.")),
  undoableUntil: optional(instant("Until then a send that was told to be tried again may be taken back.")),
  messageId: optional(text({ description: "The id that MESH gave it." })),
  infrastructure: optional(received),
  business: optional(received),
  via: optional(
    oneOf(["directory", "api"], {
      description: "The way it leaves by: a MESH client, or the MESH API. Absent: not begun.",
    }),
  ),
  awaits: optional(
    object<AwaitedShape>(
      {
        level: oneOf(["infrastructure", "business"], {
          description: "That it arrived, also while it has not left; or whether it is for them.",
        }),
        since: instant("When the report was made; of the business answer, when the recipient had it."),
        by: instant("It is late after this."),
      },
      { description: "The answer that it waits for. Absent: none will come, or none is waited for any more." },
    ),
  ),
  overdue: flag({ description: "Its acknowledgements should have come." }),
  attention: optional(words("What went wrong about it that nobody has dealt with.")),
  matter: optional(matter),
};

export const reportSchema: Needed<ReportShape> = object<ReportShape>(properties, { description: "A sent report." });

export function reportOf(report: SentReport): ReportShape {
  const { sequence, version, headerId, documentId, consultationId, kind, documentVersion, subject } = report;
  const { recipient, workflowId, state, builtAt, handedOverAt, sentAt, undoableUntil, messageId } = report;
  const { infrastructure, business, via, awaits, overdue, attention, matter: about } = report;
  return {
    sequence,
    version,
    href: `/api/reports/${headerId}`,
    headerId,
    documentId,
    consultationId,
    kind,
    documentVersion,
    subject,
    recipient: {
      kind: recipient.kind,
      ...given<"mailboxId", string | undefined>("mailboxId", recipient.mailboxId),
      ...given<"odsCode", string | undefined>("odsCode", recipient.odsCode),
      ...given("name", recipient.name),
    },
    workflowId,
    state,
    builtAt: builtAt.toISOString(),
    ...given("handedOverAt", handedOverAt?.toISOString()),
    ...given("sentAt", sentAt?.toISOString()),
    ...given("undoableUntil", undoableUntil?.toISOString()),
    ...given<"messageId", string | undefined>("messageId", messageId),
    ...given("infrastructure", infrastructure && receivedOf(infrastructure)),
    ...given("business", business && receivedOf(business)),
    ...given("via", via),
    ...(awaits && { awaits: { level: awaits.level, since: awaits.since.toISOString(), by: awaits.by.toISOString() } }),
    overdue,
    ...given("attention", attention),
    ...given("matter", about && matterOf(about)),
  };
}

interface MeshReportShape {
  messageId: string;
  receivedAt: string;
  event: string;
  success: boolean;
  code: string;
  text: string;
}

interface ReportVersionShape {
  headerId: string;
  documentVersion: number;
  state: string;
}

interface UnusedShape {
  messageId: string;
  receivedAt: string;
  from?: string;
  level: UnusedAnswer["level"];
  code: string;
  text: string;
  strayId?: number;
}

export interface ReportDetailShape extends ReportShape {
  problem?: string;
  guidance: GuidanceShape;
  unused: UnusedShape[];
  attachments: AttachmentShape[];
  meshReports: MeshReportShape[];
  versions: ReportVersionShape[];
  acts: ActShape[];
}

export const reportDetailSchema: Needed<ReportDetailShape> = object<ReportDetailShape>(
  {
    ...properties,
    problem: optional(words("Why it does not leave, is held or failed.")),
    guidance,
    unused: list(
      object<UnusedShape>(
        {
          messageId: text({ description: "The id that MESH gave it." }),
          receivedAt: instant("When it came."),
          from: optional(text({ description: "The mailbox it came from." })),
          level: oneOf(["infrastructure", "business"], { description: "What it answers." }),
          code: words("Its code."),
          text: words("What it says."),
          strayId: optional(count("Of /unmatched, where it says otherwise than is known.")),
        },
        { description: "An answer that names the report, and changed nothing." },
      ),
      { description: "The oldest first; the first 50." },
    ),
    attachments,
    meshReports: list(
      object<MeshReportShape>(
        {
          messageId: text({ description: "The id that MESH gave it." }),
          receivedAt: instant("When it came."),
          event: words("What MESH was doing."),
          success: flag({ description: "Whether that succeeded." }),
          code: words("Its code, such as 14 or EPL-151."),
          text: words("What it says."),
        },
        { description: "What MESH itself sent back." },
      ),
      { description: "The oldest first; the first 50." },
    ),
    versions: list(
      object<ReportVersionShape>(
        {
          headerId: text({ description: "The id of its message." }),
          documentVersion: count("Which."),
          state: text({ description: "As that of a report." }),
        },
        { description: "A version of the same consultation's report." },
      ),
      { description: "The first 50." },
    ),
    acts,
  },
  { description: "A sent report, with all that is known of it." },
);

export function reportDetailOf(report: SentReportDetail): ReportDetailShape {
  return {
    ...reportOf(report),
    ...given("problem", report.problem),
    guidance: guidanceOf(report),
    unused: report.unused.map(({ messageId, receivedAt, from, level, code, text: says, strayId }) => ({
      messageId,
      receivedAt: receivedAt.toISOString(),
      ...given<"from", string | undefined>("from", from),
      level,
      code,
      text: says,
      ...given("strayId", strayId),
    })),
    attachments: attachmentsOf(`/api/reports/${report.headerId}`, report.attachments),
    meshReports: report.meshReports.map(({ messageId, receivedAt, event, success, code, text: says }) => ({
      messageId,
      receivedAt: receivedAt.toISOString(),
      event,
      success,
      code,
      text: says,
    })),
    versions: report.versions.map(({ headerId, documentVersion, state }) => ({ headerId, documentVersion, state })),
    acts: actsOf(report.acts),
  };
}

function guidanceOf(report: SentReportDetail): GuidanceShape {
  const { means, causes, next, again } = guidanceFor(report);
  return { means, ...given("causes", causes && [...causes]), next: [...next], again };
}
