import { readNhsNumber } from "@restante/mesh";
import { startOfDay } from "../../format.ts";
import { type AuditAct, isSubject } from "../entry.ts";
import type { AuditFilter } from "../find-rows.ts";
import { actNames } from "./words.ts";
import { problemWords } from "../../refusal-words.ts";

/** As it was typed. */
export interface SearchForm {
  readonly who: string;
  readonly act: string;
  readonly from: string;
  readonly to: string;
  readonly about: string;
}

export interface AuditSearch {
  readonly form: SearchForm;
  readonly filter: Omit<AuditFilter, "subjects" | "before">;
  /** Whom it is about: what that is, is asked for whenever it is shown. */
  readonly about?: { readonly nhsNumber: string } | { readonly subject: string };
}

/** What is wrong in a field, in a sentence. */
export type FormProblem = { readonly field: keyof SearchForm; readonly text: string };

export const emptyForm: SearchForm = { who: "", act: "", from: "", to: "", about: "" };

export function readSearchForm(body: Readonly<Record<string, unknown>>): AuditSearch | readonly FormProblem[] {
  const field = (name: keyof SearchForm): string => {
    const typed = body[name];
    return typeof typed === "string" ? typed.trim().slice(0, 200) : "";
  };
  const form: SearchForm = {
    who: field("who"),
    act: field("act"),
    from: field("from"),
    to: field("to"),
    about: field("about"),
  };
  const problems: FormProblem[] = [];
  const dayIn = (name: "from" | "to"): Date | undefined => {
    const day = form[name] === "" ? undefined : startOfDay(form[name]);
    if (form[name] !== "" && day === undefined) {
      problems.push({
        field: name,
        text: problemWords[`${name}-invalid`],
      });
    }
    return day;
  };
  const about = aboutIn(form.about);
  if (about === undefined && form.about !== "") {
    problems.push({ field: "about", text: problemWords["about-unknown"] });
  }
  const from = dayIn("from");
  const last = dayIn("to");
  if (from !== undefined && last !== undefined && last < from) {
    problems.push({ field: "to", text: problemWords["to-before-from"] });
  }
  if (problems.length > 0) return problems;
  return {
    form,
    filter: {
      ...(form.who !== "" && { actor: form.who }),
      ...(Object.hasOwn(actNames, form.act) && { act: form.act as AuditAct }),
      ...(from !== undefined && { from }),
      ...(last !== undefined && { to: dayAfter(last) }),
    },
    ...(about !== undefined && { about }),
  };
}

function aboutIn(typed: string): AuditSearch["about"] {
  if (isSubject(typed)) return { subject: typed };
  const nhsNumber = readNhsNumber(typed);
  return nhsNumber === undefined ? undefined : { nhsNumber };
}

/** A day of the United Kingdom has 23 to 25 hours. */
function dayAfter(begins: Date): Date {
  const within = new Date(begins.getTime() + 36 * 60 * 60 * 1000);
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/London" }).format(within);
  return startOfDay(day) ?? within;
}
