// What a person does about a message that was not accepted, or not taken.
import type { Task } from "@restante/practice";
import { isTold } from "./refused.ts";

type Asked = Pick<Task, "kind" | "state" | "refusedFor" | "sender" | "confidential" | "responses">;

/** In the order in which to do it; empty: nothing. */
export function refusedNext(task: Asked): readonly string[] {
  if (task.kind === "document" || task.state !== "open") return [];
  const told = isTold(task);
  if (task.kind === "set-aside") {
    return [
      "Download the message as it was received, under Technical details, or have whoever looks after your system read it.",
      `If it may be about a patient, ${phoneSender(task)} and ask what they sent.`,
      "Then mark the task as done, and say why.",
    ];
  }
  if (task.refusedFor === "not-taken") {
    return [
      "Read what came: whether the patient may be waiting for you.",
      `If it cannot wait, ${phoneSender(task)}${told ? "" : ", who was not told by a message that you did not take it"}.`,
      "Then mark the task as done, and say why.",
    ];
  }
  return [
    `${capital(phoneSender(task))}. Ask what it was, and for which patient.`,
    told
      ? "Ask them to send it again once it is put right: sent as it is, it is refused again. What they send then is a task of its own."
      : "Tell them that it was not accepted: no message told them. Ask them to send it again once it is put right.",
    "If the patient cannot wait, ask them to tell you now what is in it.",
    "Then mark the task as done, and say why.",
  ];
}

/** A number that a message says is nobody’s word but its own. */
function phoneSender({ sender, confidential }: Asked): string {
  const { organisation } = sender;
  if (confidential === true || organisation === undefined) {
    return "find out who sent it, by its mailbox or the original, and phone them";
  }
  const { name, odsCode, phone } = organisation;
  const whom = name ?? odsCode ?? "the sender";
  return phone === undefined
    ? `phone ${whom}: the message has no number of theirs, so look it up in the directory that your organisation uses`
    : `phone ${whom}: the message says ${phone}, which nobody here has checked`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** How it ends. */
export const refusedEnds =
  "It stays among what is to do until somebody marks it as done. That tells the sender nothing.";
