import type { MatchToDecide } from "@restante/practice";
import { list, object, oneOf, optional, text, type Needed } from "@restante/settings";
import { instant, nhsNumber, words } from "../kinds.ts";
import { given } from "./common.ts";
import { taskOf, taskSchema, type TaskShape } from "./task.ts";

interface RegisterShape {
  found: MatchToDecide["register"]["found"];
  nhsNumber?: string;
  names?: string[];
  dateOfBirth?: string;
  standing?: string;
}

interface VerdictShape {
  verdict: string;
  code: string;
  text: string;
}

export interface MatchShape {
  task: TaskShape;
  since: string;
  register: RegisterShape;
  verdicts: VerdictShape[];
  answerTo?: string;
  answered?: { code: string; text: string; at: string; undoableUntil?: string };
}

export const matchSchema: Needed<MatchShape> = object<MatchShape>(
  {
    task: taskSchema,
    since: instant("When its patient was looked up."),
    register: object<RegisterShape>(
      {
        found: oneOf(["not-asked", "unreachable", "nobody", "patient"], { description: "What the register has now." }),
        nhsNumber: optional(nhsNumber("That of the register.")),
        names: optional(list(words("A name."), { description: "As they are called first, then their other names." })),
        dateOfBirth: optional(words("An ISO date, possibly partial.")),
        standing: optional(text({ description: "What whoever has this number is to this organisation." })),
      },
      { description: "Under the NHS number of the message." },
    ),
    verdicts: list(
      object<VerdictShape>(
        {
          verdict: text({ description: "What /match takes." }),
          code: text({ description: "The business answer that says so." }),
          text: words("What that means."),
        },
        { description: "What may be decided." },
      ),
      { description: "All but what holds already." },
    ),
    answerTo: optional(text({ description: "Where a decision sends its answer; absent: it sends none." })),
    answered: optional(
      object<NonNullable<MatchShape["answered"]>>(
        {
          code: text({ description: "The business answer." }),
          text: words("What it means."),
          at: instant("When it was given."),
          undoableUntil: optional(instant("Of a person's match: until then it may be taken back; then it leaves.")),
        },
        { description: "What was answered already: no decision takes it back, or sends another." },
      ),
    ),
  },
  { description: "Whether the patient of a message is one of this organisation's, and what a decision is made by." },
);

export function matchOf({ task, since, register, verdicts, answerTo, answered }: MatchToDecide): MatchShape {
  return {
    task: taskOf(task),
    since: since.toISOString(),
    register:
      register.found === "patient"
        ? {
            found: "patient",
            nhsNumber: register.nhsNumber,
            names: [...register.names],
            dateOfBirth: register.dateOfBirth,
            standing: register.standing,
          }
        : { found: register.found },
    verdicts: verdicts.map(({ verdict, code, text: says }) => ({ verdict, code, text: says })),
    ...given<"answerTo", string | undefined>("answerTo", answerTo),
    ...(answered && {
      answered: {
        code: answered.code,
        text: answered.text,
        at: answered.at.toISOString(),
        ...given("undoableUntil", answered.undoableUntil?.toISOString()),
      },
    }),
  };
}
