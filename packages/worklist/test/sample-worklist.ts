import { readFileSync } from "node:fs";
import { fileTypeOf } from "@restante/itk3";
import { type MailboxId, type MessageId, type OdsCode, parseMailboxId, parseOdsCode } from "@restante/mesh";
import { PracticeError } from "@restante/practice";
import { sampleView } from "./sample-view.ts";
import type {
  ActBy,
  ActOutcome,
  AttachmentContent,
  DocumentView,
  Listing,
  ListOf,
  Matter,
  MatterKey,
  RegisterEntry,
  SentReportDetail,
  StrayDetail,
  SystemTrouble,
  Task,
  TaskAttachment,
  Worklist,
} from "@restante/practice";
import { sampleMatch } from "./sample-match.ts";

export const organisation: { name: string; odsCode: OdsCode } = {
  name: "Lantern Row Surgery",
  odsCode: parseOdsCode("Y99002"),
};

/** What a sender may put into a subject or a title, for the pages to show and never to run. */
export const hostile = `<script>alert("x")</script>'"&{{7*1111111}}`;

export interface SampleWorklist extends Worklist {
  readonly all: Task[];
  readonly sent: SentReportDetail[];
  readonly unmatched: StrayDetail[];
  readonly contents: Map<string, AttachmentContent>;
  readonly calls: string[];
  readonly trouble: SystemTrouble[];
  /** What the register says, by task; where it says nothing, that nobody is found. */
  readonly register: Map<number, RegisterEntry>;
  readonly views: Map<number, DocumentView>;
}

/** A worklist in memory, so that the pages can be shown every state that there is without a message for each. */
export function sampleWorklist(options: { empty?: boolean; report?: Uint8Array } = {}): SampleWorklist {
  const all: Task[] = [];
  const sent: SentReportDetail[] = [];
  const contents = new Map<string, AttachmentContent>();
  const calls: string[] = [];
  const unmatched: StrayDetail[] = [];
  const trouble: SystemTrouble[] = [];
  const register = new Map<number, RegisterEntry>();
  const views = new Map(options.empty ? [] : [[1, sampleView()]]);
  if (!options.empty) fill(all, sent, contents, unmatched, options.report ?? new TextEncoder().encode("%PDF-1.7"));

  const known = (taskId: number): Task => {
    const task = all.find((found) => found.taskId === taskId);
    if (task === undefined) throw new PracticeError("task-unknown", "There is no such task.");
    return task;
  };
  const about = ({ kind, id }: MatterKey): { version: number; matter?: Matter; attention?: string } | undefined =>
    kind === "task"
      ? all.find(({ taskId }) => taskId === id)
      : kind === "report"
        ? sent.find(({ sequence }) => sequence === id)
        : unmatched.find(({ strayId }) => strayId === id);
  const needed = ({ matter }: { matter?: Matter }): boolean => matter !== undefined && matter.state !== "dealt-with";
  /** As all acts go: on what the person saw, or not at all. */
  const acting = async (
    thing: { version: number } | undefined,
    { version }: ActBy,
    change: () => void,
  ): Promise<ActOutcome> => {
    if (thing !== undefined && thing.version !== version) return { outcome: "changed-meanwhile" };
    change();
    if (thing !== undefined) thing.version += 1;
    return { outcome: "done", version: thing?.version ?? 1 };
  };
  const among = ({ matter }: { matter?: Matter }, show: string | undefined): boolean =>
    show === undefined || (show === "attention" ? needed({ ...(matter && { matter }) }) : matter?.state === show);
  const paged = async <Item>(
    of: readonly Item[],
    idOf: (item: Item) => number,
    { page = { number: 1, size: 100 }, query }: ListOf<{ text?: string }>,
  ): Promise<Listing<Item>> => {
    const from = (page.number - 1) * page.size;
    const items = of.filter((item) => JSON.stringify(item).includes(query?.text ?? ""));
    const sorted = items.toSorted((a, b) => idOf(b) - idOf(a));
    return { items: sorted.slice(from, from + page.size), total: items.length };
  };
  return {
    all,
    sent,
    unmatched,
    contents,
    calls,
    trouble,
    register,
    views,
    tasks: (list) => {
      const show = list.query?.show;
      const state = (task: Task): boolean =>
        show === "attention" ? among(task, show) : task.state === (show ?? task.state);
      return paged(all.filter(state), ({ taskId }) => taskId, list);
    },
    task: async (taskId) => all.find((task) => task.taskId === taskId),
    attachment: async (taskId, index) => contents.get(`task ${taskId} ${index}`),
    documentView: async (taskId) => views.get(taskId),
    original: async (taskId) => (taskId === 1 ? original : undefined),
    complete: async (taskId, by) =>
      acting(known(taskId), by, () => {
        calls.push(`complete ${taskId}`);
        Object.assign(known(taskId), { state: "completed", completedAt: new Date("2026-11-23T10:00:00Z") });
      }),
    reopen: async (taskId, by) =>
      acting(known(taskId), by, () => {
        calls.push(`reopen ${taskId}`);
        const task = known(taskId);
        task.state = "open";
        delete task.completedAt;
      }),
    async decide(taskId, code, by) {
      const decisions = await this.decisions(taskId);
      return acting(known(taskId), by, () => {
        if (!decisions.some((decision) => decision.code === code)) {
          throw new PracticeError("decision-not-allowed", "This answer does not fit the message.");
        }
        calls.push(`decide ${taskId} ${code}`);
      });
    },
    decisions: async (taskId) =>
      taskId === 2
        ? [
            { code: "30016", text: "Referral accepted", positive: true },
            { code: "30017", text: "Referral rejected", positive: false },
          ]
        : [],
    matches: (list) =>
      paged(
        all.filter(({ patient }) => patient.outcome === "doubtful").map((task) => sampleMatch(task, register)),
        ({ task }) => -task.taskId,
        list,
      ),
    async match(taskId) {
      const task = all.find((found) => found.taskId === taskId);
      const isMatched = task !== undefined && !["waiting", "not-checked"].includes(task.patient.outcome);
      return isMatched ? sampleMatch(task, register) : undefined;
    },
    matchByHand: async (taskId, { verdict, sends }, by) =>
      acting(known(taskId), by, () => {
        const { patient } = known(taskId);
        if (sends !== (patient.outcome === "doubtful") || verdict === patient.outcome) {
          throw new PracticeError("match-not-allowed", "This cannot be said of the patient.");
        }
        calls.push(`match ${taskId} ${verdict}`);
        Object.assign(patient, { outcome: verdict, byHand: { at: at("10:00:00"), by: by.actor } });
      }),
    reports: (list) =>
      paged(
        sent.filter((report) => among(report, list.query?.show)),
        ({ sequence }) => sequence,
        list,
      ),
    report: async (headerId) => sent.find((report) => report.headerId === headerId),
    reportAttachment: async (headerId, index) => contents.get(`report ${headerId} ${index}`),
    async sendAgain(headerId, by) {
      const thing =
        sent.find((report) => report.headerId === headerId) ??
        all.find((task) => task.responses.some((response) => response.headerId === headerId));
      return acting(thing, by, () => {
        const held = [...sent, ...all.flatMap((task) => task.responses)].some(
          (found) => found.headerId === headerId && found.state === "held",
        );
        if (!held) throw new PracticeError("not-held", "It is not held.");
        calls.push(`send again ${headerId}`);
      });
    },
    strays: (list) =>
      paged(
        unmatched.filter((stray) => among(stray, list.query?.show)),
        ({ strayId }) => strayId,
        list,
      ),
    stray: async (strayId) => unmatched.find((stray) => stray.strayId === strayId),
    strayOriginal: async (strayId) => contents.get(`stray ${strayId}`),
    async see(key, { version }) {
      const matter = about(key)?.matter;
      calls.push(`see ${key.kind} ${key.id}`);
      if (matter?.state === "new") matter.state = "seen";
      return { outcome: "done", version };
    },
    dealWith: async (key, by, note) =>
      acting(about(key), by, () => {
        const item = about(key);
        if (item?.matter === undefined || !needed(item)) throw new PracticeError("nothing-to-deal-with", "Nothing.");
        if ((note ?? "").length > 500) throw new PracticeError("note-too-long", "A note has at most 500 characters.");
        calls.push(`deal with ${key.kind} ${key.id}${note ? `: ${note}` : ""}`);
        item.matter.state = "dealt-with";
        item.matter.dealtWith = { at: at("10:00:00"), by: by.actor, ...(note && { note }) };
        delete item.attention;
      }),
    undoDealtWith: async (key, by) =>
      acting(about(key), by, () => {
        const matter = about(key)?.matter;
        if (matter?.state !== "dealt-with") throw new PracticeError("not-dealt-with", "Nobody has.");
        calls.push(`undo ${key.kind} ${key.id}`);
        matter.state = "seen";
      }),
    async counts() {
      const waiting = all.filter(({ patient }) => patient.outcome === "doubtful");
      const attentionBy = {
        task: all.filter(needed).length,
        report: sent.filter(needed).length,
        stray: unmatched.filter(needed).length,
      };
      return {
        openTasks: all.filter((task) => task.state === "open").length,
        completedTasks: all.filter((task) => task.state === "completed").length,
        reports: sent.length,
        attention: attentionBy.task + attentionBy.report + attentionBy.stray,
        attentionBy,
        strays: unmatched.length,
        ...(waiting.length > 0 && { matches: waiting.length }),
      };
    },
    troubles: async () => trouble,
  };
}

export const headerIds = {
  accepted: "0b6a5f0e-5d0f-4c5e-9a51-000000000001",
  overdue: "0b6a5f0e-5d0f-4c5e-9a51-000000000002",
  returned: "0b6a5f0e-5d0f-4c5e-9a51-000000000003",
  held: "0b6a5f0e-5d0f-4c5e-9a51-000000000004",
  heldResponse: "0b6a5f0e-5d0f-4c5e-9a51-000000000005",
} as const;

const original: AttachmentContent = {
  title: "x",
  contentType: "application/xml",
  bytes: Buffer.from("<Bundle/>"),
  fileType: "other",
};

const mailbox = (text: string): MailboxId => parseMailboxId(text);
const at = (time: string): Date => new Date(`2026-11-23T${time}Z`);
const messageId = (last: number): MessageId => `2026112307412200000${last}_0A1B2C` as MessageId;

function fill(
  all: Task[],
  sent: SentReportDetail[],
  contents: Map<string, AttachmentContent>,
  strays: StrayDetail[],
  report: Uint8Array,
): void {
  const picture = readFileSync(new URL("../../../examples/ecg-rhythm-strip.png", import.meta.url));
  const put = (key: string, list: readonly (TaskAttachment & { content: Uint8Array })[]): TaskAttachment[] =>
    list.map(({ content, ...attachment }, index) => {
      const { title, contentType } = attachment;
      contents.set(`${key} ${index}`, { title, contentType, bytes: content, fileType: fileTypeOf(content) ?? "other" });
      return attachment;
    });
  const pdf = {
    title: "Consultation report",
    contentType: "application/pdf",
    bytes: report.length,
    primary: true,
    content: report,
  };
  const png = {
    title: "ECG rhythm strip, lead II",
    contentType: "image/png",
    bytes: picture.length,
    primary: false,
    content: picture,
  };
  const html = Buffer.from("<script>alert(1)</script>");

  all.push(
    {
      ...document(
        1,
        "Consultation report for WIŚNIEWSKI, Łukasz (Mr), NHS Number 9912609131, seen at Exampleton GP Federation, ODS Code Y99001, Version 1",
      ),
      flags: ["duplicate", "potential-duplicate"],
      alike: [5],
      patient: {
        outcome: "known",
        nhsNumber: "9912609131",
        name: "WIŚNIEWSKI, Łukasz (Mr)",
        dateOfBirth: "1991-07-23",
      },
      findings: [
        {
          id: "GPCM-SD-CS-027",
          severity: "warning",
          location: "Bundle.entry[1]",
          text: "The report does not say which one it replaces.",
        },
        {
          id: "FHIR-DOC-12",
          severity: "warning",
          location: "Composition.text",
          text: "The summary text is in another form than asked for.",
        },
      ],
      findingCount: 2,
      attachments: put("task 1", [
        pdf,
        png,
        { title: hostile, contentType: "image/png", bytes: html.length, primary: false, content: html },
        { title: "Letter", contentType: "application/octet-stream", bytes: html.length, primary: false, content: html },
      ]),
      attachmentCount: 4,
      responses: [
        response("infrastructure", "20013", "Success"),
        response("business", "30001", "Patient known here and registered with practice"),
      ],
      duplicates: [{ messageId: messageId(9), receivedAt: at("09:00:00"), code: "20007" }],
    },
    {
      ...document(2, hostile),
      patient: { outcome: "not-known", name: hostile, nhsNumber: "9912830164", dateOfBirth: "1988-12" },
      sender: {
        mailboxId: mailbox("X99OT001"),
        organisation: { name: hostile, odsCode: "Y99001" },
        practitioner: hostile,
      },
      responses: [
        {
          ...response("infrastructure", "20013", "Success"),
          headerId: headerIds.heldResponse,
          state: "held",
          problem: "MESH never said whether it has this answer.",
        },
      ],
      ...needing("An answer could not be delivered."),
    },
    {
      ...document(3, ""),
      kind: "refused",
      reason: "The message header could not be read.",
      patient: { outcome: "not-checked" },
      responses: [{ ...response("infrastructure", "20006", "Invalid message header"), positive: false }],
    },
    {
      ...document(4, "Something else"),
      kind: "set-aside",
      reason: "This is not an ITK3 message.",
      patient: { outcome: "not-checked" },
      sender: {},
    },
    {
      ...document(5, "Consultation report for NG, Noah (Master)"),
      state: "completed",
      completedAt: at("08:00:00"),
      flags: ["replacement", "potential-duplicate"],
      alike: [1],
      patient: { outcome: "recently-deceased", name: "NG, Noah" },
    },
    {
      ...document(6, "Consultation report for NG, Noah (Master), Version 1"),
      state: "replaced",
      replacedBy: 5,
      patient: { outcome: "no-longer-here", name: "NG, Noah" },
    },
  );

  const received = (code: string, text: string, time: string) => ({
    code,
    text,
    positive: !code.startsWith("2000"),
    receivedAt: at(time),
    from: mailbox("Y99002OT001"),
    messageId: messageId(2),
  });
  sent.push(
    {
      ...sentReport(1, headerIds.accepted),
      state: "accepted",
      infrastructure: received("20013", "Success", "07:41:30"),
      business: received("30001", "Patient known here and registered with practice", "07:41:31"),
      attachments: put(`report ${headerIds.accepted}`, [pdf, png]),
      versions: [
        { headerId: headerIds.accepted, documentVersion: 1, state: "accepted" },
        { headerId: headerIds.overdue, documentVersion: 2, state: "sent" },
      ],
    },
    {
      ...sentReport(2, headerIds.overdue),
      documentVersion: 2,
      overdue: true,
      ...needing("The acknowledgements are overdue."),
    },
    {
      ...sentReport(3, headerIds.returned),
      state: "returned",
      ...needing("MESH could not deliver it: No mailbox matched."),
      meshReports: [
        {
          messageId: messageId(3),
          receivedAt: at("07:42:00"),
          event: "SEND",
          success: false,
          code: "EPL-151",
          text: "No mailbox matched",
        },
      ],
    },
    { ...sentReport(4, headerIds.held), subject: hostile, state: "held", ...needing("MESH never answered.") },
  );
  contents.set("stray 1", original);
  strays.push({
    strayId: 1,
    version: 1,
    mailboxId: mailbox("Y99002OT001"),
    acts: [],
    ...needing("It answers a message that this organisation never sent."),
    messageId: messageId(4),
    receivedAt: at("06:00:00"),
    kind: "response",
    from: mailbox("X26OT999"),
    workflowId: "GPFED_CONSULT_REPORT_ACK",
    reason: "It answers a message that this organisation never sent.",
    code: "20013",
    text: hostile,
  });
}

/** Something that nobody has looked at yet. */
function needing(reason: string): { matter: Matter; attention: string } {
  return { matter: { state: "new", reason, raisedAt: at("07:50:00") }, attention: reason };
}

function document(taskId: number, subject: string): Task {
  return {
    taskId,
    version: 1,
    kind: "document",
    state: "open",
    subject,
    sender: {
      mailboxId: mailbox("Y99001OT001"),
      organisation: { odsCode: "Y99001", name: "Exampleton GP Federation" },
      practitioner: "Dr Priya Raman",
    },
    workflowId: "GPFED_CONSULT_REPORT",
    messageId: messageId(taskId),
    receivedAt: at(`07:4${taskId}:22`),
    recipientType: "FA",
    patient: { outcome: "waiting" },
    flags: [],
    findingCount: 0,
    attachmentCount: 0,
    headerId: "5f1d2c3b-0000-4000-8000-000000000001",
    documentId: "5f1d2c3b-0000-4000-8000-000000000002",
    title: "Consultation report",
    documentDate: "2026-11-23T07:40:00+00:00",
    findings: [],
    attachments: [],
    responses: [],
    duplicates: [],
    alike: [],
    versions: [],
    acts: [],
  };
}

function response(level: "infrastructure" | "business", code: string, text: string): Task["responses"][number] {
  return {
    headerId: `${level}-${code}`,
    level,
    code,
    text,
    positive: true,
    to: mailbox("Y99001OT001"),
    state: "sent",
    builtAt: at("07:41:23"),
    sentAt: at("07:41:24"),
    messageId: messageId(7),
  };
}

function sentReport(sequence: number, headerId: string): SentReportDetail {
  return {
    sequence,
    version: 1,
    headerId,
    documentId: "5f1d2c3b-0000-4000-8000-000000000003",
    consultationId: "6f0d7c52-3e1b-4a7e-9d54-0b8f2a61c3de",
    kind: "consultation-summary",
    documentVersion: 1,
    subject: "Consultation report for WIŚNIEWSKI, Łukasz (Mr), NHS Number 9912609131, Version 1",
    recipient: { kind: "registered-practice", mailboxId: mailbox("Y99002OT001") },
    workflowId: "GPFED_CONSULT_REPORT",
    state: "sent",
    builtAt: at("07:40:00"),
    handedOverAt: at("07:40:01"),
    sentAt: at("07:40:03"),
    messageId: messageId(1),
    overdue: false,
    attachments: [],
    meshReports: [],
    versions: [{ headerId, documentVersion: 1, state: "sent" }],
    acts: [],
  };
}
