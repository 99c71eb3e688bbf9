// What an answer says, in words; its code is for whoever asks.
import type { AcknowledgementLevel } from "@restante/mesh";

/** An answer that came about a report of ours. */
interface Answer {
  level: AcknowledgementLevel;
  code: string;
  text: string;
  positive: boolean;
}

/** Such as "Accepted: they know the patient". The code's own text where there are no better words. */
export function answerTitle({ level, code, text, positive }: Answer): string {
  const known = titles[code];
  if (known !== undefined) return known;
  if (level === "infrastructure") return positive ? "Arrived whole" : `Refused as a message: ${text}`;
  return `${positive ? "Answered" : "Answered no"}: ${text}`;
}

const titles: Readonly<Record<string, string>> = {
  "20007": "Refused as a copy: they had this message before",
  "20008": "Refused as a copy: they had this document before",
  "20013": "Arrived whole",
  "20014": "Refused: the earlier version could not be replaced",
  "20015": "Refused: it is too large for them",
  "30001": "Accepted: they know the patient",
  "30002": "Not for them: they do not know the patient",
  "30003": "Not for them: the patient is not registered there any more",
  "30004": "Accepted: they know the patient, who has died",
};

/** What an answer of that level says, where it is still to come. */
export const awaitedTitles: Readonly<Record<AcknowledgementLevel, string>> = {
  infrastructure: "Arrived whole?",
  business: "For them?",
};
