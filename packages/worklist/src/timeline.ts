import type { MeshReport, PersonAct, ReceivedResponse, SentReportDetail, UnusedAnswer } from "@restante/practice";
import { answerTitle, awaitedTitles } from "./words/answers.ts";
import { saidBy, situationOf } from "./words/reports.ts";
import { reasonWords } from "./words/work.ts";
import { actWords, recipientLine } from "./words.ts";

/** One step of what happened to a report, or that is still awaited. */
export interface TimelineEntry {
  title: string;
  /** Who did or said it. */
  by?: string;
  /** Absent: it has no time, or has not come yet. */
  at?: Date;
  /** In sentences. */
  text?: string;
  outcome: "good" | "bad" | "plain" | "awaited";
  /** Of what is awaited: by when it should have come. */
  due?: { by: Date; late: boolean };
  link?: { href: string; text: string };
  /** Codes and ids, for whoever asks: what each is, and its value. */
  technical?: { name: string; value: string }[];
}

type Dated = TimelineEntry & { at: Date };

/**
 * What happened to a report, oldest first, then what is still awaited. It left before anything came back, in whatever order they
 * were noted: an acknowledgement may be read before the note in SENT that the message has left.
 */
export function timelineOf(report: SentReportDetail): TimelineEntry[] {
  const { infrastructure, business, recipient, meshReports, unused } = report;
  const cameBack: Dated[] = [
    ...(infrastructure ? [responseEntry(report, "infrastructure", infrastructure)] : []),
    ...(business ? [responseEntry(report, "business", business)] : []),
    ...meshReports.map(meshEntry),
    ...unused.map((answer) => unusedEntry(answer, saidBy(answer.from, recipient))),
  ];
  const first = Math.min(...cameBack.map(({ at }) => at.getTime()));
  const left = leaving(report).map((entry) => ({ entry, order: Math.min(entry.at.getTime(), first) }));
  const others = [...report.acts.map(actEntry), ...cameBack].map((entry) => ({ entry, order: entry.at.getTime() }));
  return [
    ...[...left, ...others].toSorted((a, b) => a.order - b.order).map(({ entry }) => entry),
    ...ended(report),
    ...awaited(report),
  ];
}

/** By API there is no client in between: what hands it over is what MESH accepts. */
function leaving({ builtAt, handedOverAt, sentAt, messageId, recipient, via }: SentReportDetail): Dated[] {
  return [
    { title: "Written", at: builtAt, text: `To: ${recipientLine(recipient)}.`, outcome: "plain" },
    ...(handedOverAt === undefined
      ? []
      : [
          via === "api"
            ? ({ title: "Handed to MESH", at: handedOverAt, text: "Through the MESH API.", outcome: "plain" } as const)
            : ({ title: "Handed to the MESH client", at: handedOverAt, outcome: "plain" } as const),
        ]),
    ...(sentAt === undefined
      ? []
      : [
          {
            title: "Accepted by MESH",
            at: sentAt,
            outcome: "plain" as const,
            ...(messageId && { technical: [{ name: "MESH message", value: messageId }] }),
          },
        ]),
  ];
}

function meshEntry({ success, receivedAt, event, code, text, messageId }: MeshReport): Dated {
  return {
    title: success ? "Report of MESH" : "Returned by MESH",
    at: receivedAt,
    ...(text !== "" && { text: sentence(text) }),
    outcome: success ? "plain" : "bad",
    technical: technicalOf({ Code: code, "What was being done": event, "MESH message": messageId }),
  };
}

function responseEntry(
  { recipient }: Pick<SentReportDetail, "recipient">,
  level: "infrastructure" | "business",
  response: ReceivedResponse,
): Dated {
  const { code, text, diagnostics, positive, receivedAt, from, messageId } = response;
  const by = saidBy(from, recipient);
  return {
    title: answerTitle({ level, code, text, positive }),
    ...(by !== undefined && { by }),
    at: receivedAt,
    outcome: positive ? "good" : "bad",
    ...(!positive && diagnostics !== undefined && { text: `They say: ${diagnostics}` }),
    technical: technicalOf({
      Answer: `${level} acknowledgement`,
      Code: `${code} ${text}`,
      ...(positive && diagnostics !== undefined && { "What they say": diagnostics }),
      "MESH message": messageId,
    }),
  };
}

/** An answer that changed nothing. */
function unusedEntry(answer: UnusedAnswer, by: string | undefined): Dated {
  const { level, code, text, receivedAt, strayId, messageId } = answer;
  return {
    title: "Another answer, not used",
    ...(by !== undefined && { by }),
    at: receivedAt,
    text: sentence(text),
    outcome: strayId === undefined ? "plain" : "bad",
    ...(strayId !== undefined && {
      link: { href: `/unmatched/${strayId}`, text: "Why it was not used, and what to do" },
    }),
    technical: technicalOf({ Answer: `${level} acknowledgement`, Code: code, "MESH message": messageId }),
  };
}

export function actEntry({ at, by, act, about, note, reason }: PersonAct): Dated {
  const said = [about, reason && reasonWords(reason), note === undefined ? undefined : `Note: ${note}`];
  const text = said.flatMap((part) => (part === undefined || part === "" ? [] : [sentence(part)])).join(" ");
  return { title: actWords(act), by: by.name, at, outcome: "plain", ...(text !== "" && { text }) };
}

function sentence(text: string): string {
  return /[.?!…]$/.test(text) ? text : `${text}.`;
}

/** What ended its way without a time of its own. */
function ended({ state, problem }: SentReportDetail): TimelineEntry[] {
  if (state !== "failed" && state !== "held") return [];
  const title = state === "held" ? "Held: MESH never answered" : "Not sent";
  return [{ title, outcome: "bad", ...(problem !== undefined && { text: problem }) }];
}

/** A negative answer, a return or a refusal by MESH ends it: nothing more will come. */
function awaited(report: SentReportDetail): TimelineEntry[] {
  const { awaits, overdue, problem, undoableUntil } = report;
  if (awaits === undefined) return [];
  const due = { by: awaits.by, late: overdue };
  const situation = situationOf(report);
  const leaves: TimelineEntry[] =
    undoableUntil !== undefined
      ? [{ title: "To be sent again", at: undoableUntil, outcome: "awaited" }]
      : situation === "built" || situation === "built-late"
        ? [{ title: "To be handed to MESH", outcome: "awaited", ...(problem !== undefined && { text: problem }) }]
        : [];
  return [
    ...leaves,
    ...(awaits.level === "infrastructure"
      ? [{ title: awaitedTitles.infrastructure, outcome: "awaited" as const, due }]
      : []),
    {
      title: awaitedTitles.business,
      outcome: "awaited",
      ...(awaits.level === "business" && { due }),
    },
  ];
}

/** Those of them that say something. */
export function technicalOf(facts: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(facts).flatMap(([name, value]) => (value.trim() === "" ? [] : [{ name, value }]));
}
