import { type OdsCode, parseOdsCode } from "@restante/mesh";
import { PracticeError } from "@restante/practice";
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
  Worklist,
} from "@restante/practice";
import { passes } from "./sample-filters.ts";
import { at } from "./sample-messages.ts";
import { isAsked, receiversOf, reportsBy } from "./sample-reports.ts";
import { sampleWork } from "./sample-work.ts";
import { fillFilings, sampleFiling } from "./sample-filing.ts";
import { sampleMatch } from "./sample-match.ts";
import { fill, original } from "./sample-things.ts";
import { sampleUnread, type SampleUnread } from "./sample-unread.ts";
import { sampleView } from "./sample-view.ts";

export const organisation: { name: string; odsCode: OdsCode } = {
  name: "Lantern Row Surgery",
  odsCode: parseOdsCode("Y99002"),
};

export interface SampleWorklist extends Worklist, SampleUnread {
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
export function sampleWorklist(
  options: { empty?: boolean; report?: Uint8Array; filing?: string } = {},
): SampleWorklist {
  const all: Task[] = [];
  const sent: SentReportDetail[] = [];
  const contents = new Map<string, AttachmentContent>();
  const calls: string[] = [];
  const unmatched: StrayDetail[] = [];
  const trouble: SystemTrouble[] = [];
  const register = new Map<number, RegisterEntry>();
  const views = new Map(options.empty ? [] : [[1, sampleView()]]);
  if (!options.empty) fill(all, sent, contents, unmatched, options.report ?? new TextEncoder().encode("%PDF-1.7"));

  if (options.filing !== undefined) fillFilings(all);

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
    { page = { number: 1, size: 100 }, query }: ListOf<{ text?: string }, unknown>,
  ): Promise<Listing<Item>> => {
    const from = (page.number - 1) * page.size;
    const items = of.filter((item) => JSON.stringify(item).includes(query?.text ?? ""));
    const sorted = items.toSorted((a, b) => idOf(b) - idOf(a));
    return { items: sorted.slice(from, from + page.size), total: items.length };
  };
  const unread: SampleUnread = { late: new Map(), held: [], opens: [] };
  return {
    ...unread,
    ...sampleUnread(unread, { all, calls }),
    ...sampleWork({ all, sent, calls, known, acting }),
    ...sampleFiling({ calls, known, acting, folder: () => options.filing }),
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
      return paged(
        all.filter((task) => state(task) && passes(task, list.query)),
        ({ taskId }) => taskId,
        list,
      );
    },
    senders: async () => {
      const named = all
        .filter(({ confidential }) => confidential !== true)
        .flatMap(({ sender }) => sender.organisation ?? []);
      return [...new Map(named.map(({ odsCode = "", name = odsCode }) => [odsCode, { key: odsCode, name }])).values()];
    },
    task: async (taskId) => all.find((task) => task.taskId === taskId),
    attachment: async (taskId, index) => contents.get(`task ${taskId} ${index}`),
    documentView: async (taskId) => views.get(taskId),
    original: async (taskId) => (taskId === 1 ? original : undefined),
    complete: async (taskId, by, { reason, note } = {}) =>
      acting(known(taskId), by, () => {
        if ((note ?? "").length > 500) throw new PracticeError("note-too-long", "A note has at most 500 characters.");
        calls.push(["complete", taskId, reason, note].filter((part) => part !== undefined).join(" "));
        const work = { ...known(taskId).work, ...(reason && { reason }) };
        Object.assign(known(taskId), { state: "completed", completedAt: new Date("2026-11-23T10:00:00Z"), work });
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
        sent.filter((report) => isAsked(report, list.query)),
        ({ sequence }) => sequence,
        list,
      ),
    receivers: async () => receiversOf(sent),
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
        reportsBy: reportsBy(sent),
        attention: attentionBy.task + attentionBy.report + attentionBy.stray,
        attentionBy,
        strays: unmatched.length,
        ...(waiting.length > 0 && { matches: waiting.length }),
        ...(unread.late.size + unread.held.length > 0 && { unread: unread.late.size + unread.held.length }),
      };
    },
    troubles: async () => trouble,
    kept: async () => ({
      tasks: { count: all.length, since: new Date("2026-03-02T11:00:00Z"), removed: 1200, withoutMessage: 3 },
      database: { bytes: 48_300_000, freeBytes: 5_100_000 },
      files: { count: 2, bytes: 31_000 },
      days: { tasks: 3650, messages: 400 },
    }),
  };
}
