// What is to be known of a message beside where its task stands.
import type { Task, TaskFlag } from "@restante/practice";
import { formatTime, type Tag } from "@restante/web";

export function flagTag(flag: TaskFlag): Tag {
  return everyFlagTag[flag];
}

export const everyFlagTag: Readonly<Record<TaskFlag, Tag>> = {
  replacement: {
    text: "Replacement",
    colour: "blue",
    meaning: "It says that it replaces an earlier document.",
  },
  duplicate: {
    text: "Duplicate",
    colour: "grey",
    meaning: "It came more than once. It is one task, and there is nothing more to do.",
  },
  "potential-duplicate": {
    text: "Potential duplicate",
    colour: "yellow",
    meaning: "Another message has the same patient, encounter and content.",
  },
  "matched-by-hand": {
    text: "Matched by hand",
    colour: "white",
    meaning: "A person here has said whether the patient is one of ours.",
  },
};

/** So many of a message's copies are known here, the first of them. */
const mostCopies = 50;

/** What a person is told of a message that came more than once; undefined of any other. */
export function copiesWords({ duplicates }: Pick<Task, "duplicates">): string | undefined {
  const [first] = duplicates;
  if (first === undefined) return undefined;
  const many =
    duplicates.length === 1
      ? ""
      : `${duplicates.length}${duplicates.length < mostCopies ? "" : " or more"} times, first `;
  const copies = duplicates.length === 1 ? "copy" : "copies";
  return `The same message came again ${many}on ${formatTime(first.receivedAt)}. It is one task, and there is nothing more to do about the ${copies}.`;
}

/** What a person is told of the messages that are like this one, before the links to them. */
export function alikeWords(alike: readonly number[]): string {
  const others = alike.length === 1 ? "Another message has" : "Other messages have";
  return `${others} the same patient, encounter and content as this one. The sender may have sent the document more than once. Compare them before you act on this one.`;
}
