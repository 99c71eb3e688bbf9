import { formatNhsNumber } from "@restante/mesh";
import type { Actor, Listing, ListPage, Worklist } from "@restante/practice";
import { type AuditPagesOptions, numberIn, type Resolved, type Visitor } from "@restante/web";
import { reportSubject, straySubject, taskSubject } from "./subjects.ts";
import { strayName } from "./words.ts";

/** What an auditor is shown of the things that rows are about, and which things are about a patient. */
export function auditPagesOf(worklist: Worklist): AuditPagesOptions {
  return {
    async resolve(subject, { id: actorId, name }) {
      const actor: Actor = { id: actorId, name };
      const [, kind = "", id = ""] = /^([a-z]+):(.*)$/.exec(subject) ?? [];
      if (kind === "report") return ofReport(worklist, id, actor);
      const number = numberIn({ id }, "id");
      if (number === undefined) return undefined;
      if (kind === "task") return ofTask(worklist, number, actor);
      return kind === "unmatched" ? ofStray(worklist, number, actor) : undefined;
    },
    async subjectsOf(nhsNumber, { id, name }: Visitor) {
      const asked = { actor: { id, name }, query: { text: nhsNumber } };
      const all = await Promise.all([
        everyPage(
          (page) => worklist.tasks({ ...asked, page }),
          ({ taskId }) => taskSubject(taskId),
        ),
        everyPage(
          (page) => worklist.reports({ ...asked, page }),
          ({ headerId }) => reportSubject(headerId),
        ),
        everyPage(
          (page) => worklist.strays({ ...asked, page }),
          ({ strayId }) => straySubject(strayId),
        ),
      ]);
      return {
        subjects: all.flatMap(({ subjects }) => subjects),
        ...(all.some(({ cutOff }) => cutOff) && { cutOff: true as const }),
      };
    },
  };
}

async function ofTask(worklist: Worklist, taskId: number, actor: Actor): Promise<Resolved | undefined> {
  const task = await worklist.task(taskId, actor);
  if (task === undefined) return undefined;
  if (task.state === "removed") {
    return { text: "A received message. It was dealt with, and has been removed by its age", href: `/tasks/${taskId}` };
  }
  const { name, nhsNumber } = task.patient;
  const patient = [
    name,
    nhsNumber === undefined ? undefined : `NHS number ${formatNhsNumber(nhsNumber).replaceAll(" ", "\u00a0")}`,
  ];
  const known = patient.filter((part) => part !== undefined).join(", ");
  return {
    text: `A received message${known === "" ? ", of which no patient is known" : ` about ${known}`}`,
    href: `/tasks/${taskId}`,
  };
}

async function ofReport(worklist: Worklist, headerId: string, actor: Actor): Promise<Resolved | undefined> {
  const report = await worklist.report(headerId, actor);
  // Its subject is what names the patient.
  return report && { text: `A sent report: ${report.subject}`, href: `/reports/${headerId}` };
}

async function ofStray(worklist: Worklist, strayId: number, actor: Actor): Promise<Resolved | undefined> {
  const stray = await worklist.stray(strayId, actor);
  return stray && { text: `An unmatched message: ${strayName(stray)}`, href: `/unmatched/${strayId}` };
}

const pageSize = 1000;

async function everyPage<Item>(
  list: (page: ListPage) => Promise<Listing<Item>>,
  subjectOf: (item: Item) => string,
): Promise<{ subjects: readonly string[]; cutOff: boolean }> {
  const subjects: string[] = [];
  for (let number = 1; ; number += 1) {
    const { items, total, cutOff = false } = await list({ number, size: pageSize });
    subjects.push(...items.map(subjectOf));
    if (items.length === 0 || subjects.length >= total) return { subjects, cutOff };
  }
}
