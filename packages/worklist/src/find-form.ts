import { startOfDay } from "@restante/web";
import { choicesOf, facetNames, type TasksAsked, tasksAsked } from "./tasks-asked.ts";
import { problems as words } from "./words/refusals.ts";

/** As it was typed. */
export interface FindForm {
  readonly text: string;
  readonly since: string;
  readonly until: string;
}

/** What is wrong in a field, in a sentence. */
export interface FindProblem {
  readonly field: keyof FindForm;
  readonly text: string;
}

export interface FindAsked {
  readonly form: FindForm;
  readonly asked: TasksAsked;
  readonly problems: readonly FindProblem[];
}

/** Reads the form by which tasks are searched for and filtered: a choice is a field of its own, such as `for.action`. */
export function readFindForm(body: Readonly<Record<string, unknown>>): FindAsked {
  const field = (name: keyof FindForm): string => {
    const typed = body[name];
    return typeof typed === "string" ? typed.trim() : "";
  };
  const form: FindForm = { text: field("text"), since: field("since"), until: field("until") };
  const [since, until] = [readDay(form.since), readDay(form.until)];
  const problems: FindProblem[] = [];
  if (form.since !== "" && since === undefined) {
    problems.push({ field: "since", text: words["since-invalid"] });
  }
  if (form.until !== "" && until === undefined) {
    problems.push({ field: "until", text: words["until-invalid"] });
  }
  if (since !== undefined && until !== undefined && until < since) {
    problems.push({ field: "until", text: words["until-before-since"] });
  }
  const chosen = facetNames.map((facet) => [
    facet,
    choicesOf(facet)
      .filter((choice) => body[`${facet}.${choice}`] !== undefined)
      .join("."),
  ]);
  const { show, sort, sender, assigned, due, age } = body;
  const others = { show, sort, sender, assigned, due, age };
  return { form, asked: tasksAsked({ ...others, since, until, ...Object.fromEntries(chosen) }), problems };
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** A day as people write it, such as 27/3/2026, 27 March 2026 or 2026-03-27, as `2026-03-27`. */
export function readDay(written: string): string | undefined {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(written);
  const [, day = "", month = "", year = ""] = iso
    ? ["", iso[3], iso[2], iso[1]]
    : (/^(\d{1,2})[-/. ]+(\d{1,2}|[a-z]{3,9})[-/., ]+(\d{4})$/i.exec(written) ?? []);
  const number = /^\d/.test(month) ? Number(month) : months.indexOf(month.slice(0, 3).toLowerCase()) + 1;
  const two = (value: number | string): string => String(value).padStart(2, "0");
  const read = `${year}-${two(number)}-${two(day)}`;
  return startOfDay(read) === undefined ? undefined : read;
}
