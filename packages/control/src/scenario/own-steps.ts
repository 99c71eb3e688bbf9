import {
  type Find,
  type Finding,
  flag,
  list,
  mailboxIdFormat,
  object,
  oneOf,
  optional,
  type Schema,
  text,
  whole,
  withRules,
} from "@restante/settings";
import type { AnswerInput } from "./scenario.ts";

// The steps that are the runner's own.

/** More is no scenario but a load test. */
const MOST_TIMES = 10_000;

export const sayInput: Schema<string> = text({
  description: "Told to the person, or the test, that has the client in hand: what it is to do now.",
});

export const answerInput: Schema<AnswerInput> = withRules(
  object<AnswerInput>(
    {
      message: text({ description: "The id of the message that is answered, or `latest`: the newest of `mailbox`." }),
      mailbox: optional(
        text({
          description: "Where the latest message is looked for. Absent: a message is named by its id.",
          format: mailboxIdFormat,
        }),
      ),
      level: oneOf(["infrastructure", "business", "both"], {
        description: "Which acknowledgement; `both`: the infrastructure's first.",
      }),
      verdict: optional(
        oneOf(["positive", "negative"], {
          description: "20013 and 30001, or 20009 and 30002. Absent: positive.",
        }),
      ),
      code: optional(text({ description: "Another ITK3 response code of the level. Absent: the verdict's." })),
      unreadable: optional(flag({ description: "The answer is cut off in the middle. Absent: it is whole." })),
    },
    { description: "An ITK3 response, sent as the system that holds the message would send it." },
  ),
  latestNeedsMailbox,
  codeHasOneLevel,
);

function latestNeedsMailbox(find: Find): Finding[] {
  const isLatest = find("/message").some(({ value }) => value === "latest");
  if (!isLatest || find("/mailbox").length > 0) return [];
  return [{ pointer: "/mailbox", words: "is missing: the latest message of which mailbox?" }];
}

function codeHasOneLevel(find: Find): Finding[] {
  const isBoth = find("/level").some(({ value }) => value === "both");
  return isBoth ? find("/code").map(({ pointer }) => ({ pointer, words: "is of one level, not of both" })) : [];
}

export interface RepeatInput {
  times: number;
  /** Checked as the steps of a scenario are. */
  steps: readonly unknown[];
}

export const repeatInput: Schema<RepeatInput> = object<RepeatInput>(
  {
    times: whole({ description: "How often.", from: 1, to: MOST_TIMES }),
    steps: list<unknown>({ json: {}, formats: [], rules: [] }, { description: "What is done so often.", least: 1 }),
  },
  { description: "The same steps again and again; `${repeat.number}` counts from 1." },
);
