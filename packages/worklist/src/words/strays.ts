// What a person is told of a message that belongs to nothing: why, and what to do next.
import type { StrayDetail, StrayReason } from "@restante/practice";

export interface StrayGuidance {
  /** In a sentence or two. */
  why: string;
  /** In the order in which to do it. */
  next: readonly string[];
}

const others =
  "Ask whoever looks after your system whether another system sends by this mailbox, or somebody drops files by hand. Then it is theirs.";
const tellSystem = "Tell whoever looks after your system, who can read the message as it was received.";
const end = "Then mark it as dealt with, and write down what you found.";
const report = "Open the report, to see how it stands.";

/** Every reason has its words: a new one does not compile until it has them. */
export const strayGuidance: Readonly<Record<StrayReason, StrayGuidance>> = {
  unreadable: {
    why: "It came as an answer and cannot be read as one, so nobody knows what it answers. A report may be waiting for it.",
    next: [
      "Look under Sent reports, at those that are late, for one that went to this mailbox. If there is one, phone who has it.",
      tellSystem,
      end,
    ],
  },
  "not-sent-here": {
    why: "It answers a message that was not sent from here.",
    next: [others, "If it is nobody’s here, tell its sender that their answer came to the wrong place.", end],
  },
  "other-mailbox": {
    why: "It answers something that you sent, and does not come from the mailbox that this went to. Its sender may use another mailbox, or it may not be from them at all.",
    next: [
      report,
      "Phone the recipient, by a number that you know and not by one in the message. Ask whether they sent this answer.",
      "If they did not, tell whoever is in charge of information security in your organisation.",
      end,
    ],
  },
  modified: {
    why: "It answers something that you sent. Something in it that is not known here may turn what it says into the opposite.",
    next: [report, "Phone the recipient, and ask what they answered.", tellSystem, end],
  },
  "says-otherwise": {
    why: "What you sent was answered before, and this says otherwise. The first answer still counts here.",
    next: [
      report,
      "Phone the recipient, and ask which of the two holds.",
      "If it is this one, do what you would have done had it come first: the patient may be somebody else’s, or nobody may act on the report.",
      end,
    ],
  },
  "names-no-message": {
    why: "It says that a message could not be sent or delivered, and not which.",
    next: [
      "Look under Sent reports, at those that are late or not delivered, for one that left shortly before.",
      others,
      end,
    ],
  },
  "about-nothing-sent": {
    why: "It says that a message could not be delivered, and this was not sent from here.",
    next: [others, end],
  },
};

/** How it ends without a person, where it may. */
export function strayEnds({ kind }: Pick<StrayDetail, "kind">): string {
  return kind === "mesh-report"
    ? "It ends when you mark it as dealt with, or by itself when it turns out to be about something that you sent."
    : "It ends when you mark it as dealt with. It changes nothing here.";
}
