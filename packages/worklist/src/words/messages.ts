// Every text that tells a person what is wrong, what was done or what a word means, for the page that shows them all.
import type { MessageGroup } from "@restante/web";
import { notices } from "../return-path.ts";
import { changedWords, everyTag, formActs, lookTag, troubleNames } from "../words.ts";
import { doubtWords, everyDoubt } from "./matching.ts";
import { everyRefused } from "./refused.ts";
import { problems, refusals } from "./refusals.ts";

export function messages(): MessageGroup[] {
  return [
    { title: "Forms: what was filled in", messages: Object.values(problems) },
    { title: "What was done", messages: Object.values(notices) },
    { title: "What was not done, because something had changed", messages: formActs.map(changedWords) },
    { title: "Messages, tasks and reports that are not there, or not as they were", messages: Object.values(refusals) },
    { title: "Messages that were refused here", messages: everyRefused() },
    { title: "Patients for a person to match", messages: everyDoubt.map(doubtWords) },
    {
      title: "The words in colour, and what they mean",
      messages: [...everyTag(), lookTag].map((tag) => ({ tag, text: tag.meaning ?? "" })),
    },
    { title: "Trouble with the system, which is said on every page", messages: troubleNames() },
  ];
}
