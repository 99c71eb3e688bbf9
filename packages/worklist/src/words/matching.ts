// Whether the patient of a message is one of this organisation's, in words.
import type { GivenResponse, MatchDoubt, MatchVerdict, PatientMatch, RegisterEntry, Task } from "@restante/practice";
import { formatTime, type Tag } from "@restante/web";

export function matchTag({ outcome, doubt, byHand }: Pick<PatientMatch, "outcome" | "doubt" | "byHand">): Tag {
  const tag = everyMatchTag[outcome];
  if (!isMatched({ outcome }) || outcome === "doubtful" || byHand !== undefined || !isOfDetails(doubt)) return tag;
  return { ...tag, text: `${tag.text}, details differ`, colour: tag.colour === "red" ? "red" : "orange" };
}

/** Whether the register has somebody by the number, and says otherwise of them than the message. */
function isOfDetails(doubt: MatchDoubt | undefined): boolean {
  return doubt === "details-differ" || doubt === "differs-in-part";
}

export const everyMatchTag: Readonly<Record<PatientMatch["outcome"], Tag>> = {
  known: { text: "Patient matched", colour: "green", meaning: "The patient is registered with this organisation." },
  "recently-deceased": {
    text: "Patient matched, has died",
    colour: "purple",
    meaning: "The patient was registered with this organisation and has died within the last six months.",
  },
  "no-longer-here": {
    text: "No longer registered here",
    colour: "orange",
    meaning: "The patient was registered with this organisation, and is not now.",
  },
  "not-known": {
    text: "Not our patient",
    colour: "red",
    meaning: "The patient is not registered with this organisation.",
  },
  doubtful: {
    text: "To be matched",
    colour: "orange",
    meaning: "The register does not settle whether the patient is one of ours. A person must.",
  },
  waiting: {
    text: "Looking up",
    colour: "yellow",
    meaning: "The patient's record could not be read yet. It is tried again by itself.",
  },
  "not-checked": { text: "Not looked up", colour: "white", meaning: "No register was searched for this patient." },
};

/** Why a person must look, in a sentence. */
export function doubtWords(doubt: MatchDoubt): string {
  return doubts[doubt];
}

const doubts: Readonly<Record<MatchDoubt, string>> = {
  "no-number": "The message has no NHS number that can be read.",
  "wrong-number": "What the message gives as the NHS number cannot be one.",
  "not-found": "The register has nobody with the NHS number in the message.",
  "details-differ": "The register’s details for the NHS number in the message are not those in the message.",
  "differs-in-part":
    "The name or date of birth in the message is not the one that the register has for this NHS number.",
  "may-differ": "The message has something that is not known here, and that may change who the patient is.",
};

export const everyDoubt = Object.keys(doubts) as readonly MatchDoubt[];

/** What the register says of whoever has the number; where it says nothing, why. */
export function registerWords(entry: RegisterEntry): string {
  return entry.found === "patient" ? standings[entry.standing] : notFound[entry.found];
}

const standings: Readonly<Record<MatchVerdict, string>> = {
  known: "Registered here",
  "recently-deceased": "Was registered here, and has died within the last six months",
  "no-longer-here": "Was registered here, and is not now",
  "not-known": "Not registered here, and never was",
};

const notFound: Readonly<Record<Exclude<RegisterEntry["found"], "patient">, string>> = {
  "not-asked": "The register was not asked: there is no NHS number to ask by.",
  unreachable: "The register cannot be reached now. Open this page again later, or decide by what you know.",
  nobody: "The register has nobody with this NHS number.",
};

/** What a person may say of a patient: on a button, and as the page says what it means. */
export function verdictWords(verdict: MatchVerdict): { button: string; says: string } {
  return verdicts[verdict];
}

const verdicts: Readonly<Record<MatchVerdict, { button: string; says: string }>> = {
  known: { button: "Match", says: "The patient is registered here" },
  "not-known": { button: "Not our patient", says: "The patient is not ours" },
  "no-longer-here": { button: "No longer registered", says: "The patient is no longer registered here" },
  "recently-deceased": { button: "Has died", says: "The patient was registered here and has recently died" },
};

export function isVerdict(word: string | undefined): word is MatchVerdict {
  return word !== undefined && Object.hasOwn(verdicts, word);
}

/** Who said what the patient is, and whether the sender knows; undefined where nobody has. */
export function byHandWords({ patient, responses }: Pick<Task, "patient" | "responses">): string | undefined {
  const { byHand } = patient;
  if (byHand === undefined) return undefined;
  const said = `Decided by ${byHand.by.name} on ${formatTime(byHand.at)}.`;
  const answer = responses.find(({ level, copy }) => level === "business" && copy === undefined);
  if (answer === undefined) return `${said} No answer was to be sent.`;
  if (answer.undoableUntil !== undefined) return `${said} The sender will be answered by it, unless it is taken back.`;
  return answer.builtAt < byHand.at
    ? `${said} The sender was answered before that (${answer.code} ${answer.text}), and was sent nothing more.`
    : `${said} The sender was answered by it.`;
}

/** What leads to the page on which a person decides. */
export function matchLinkWords({ outcome, doubt, byHand }: PatientMatch): string {
  if (outcome === "doubtful") return "Decide whether this is our patient";
  return byHand === undefined && isOfDetails(doubt) ? "Compare with the register" : "Change what the patient is to us";
}

/** Whether a person must first decide who the patient is to this organisation: that is what its page is for, then. */
export function isToBeMatched({ patient, state }: Pick<Task, "patient" | "state">): boolean {
  return patient.outcome === "doubtful" && state === "open";
}

/** Whether an answer to the sender is a person's: of a decision, or of a match by hand. */
export function isOfPerson({ patient: { byHand } }: Pick<Task, "patient">, answer: GivenResponse): boolean {
  const isOfMatch = answer.level === "business" && answer.copy === undefined && byHand !== undefined;
  return isDecision(answer) || (isOfMatch && answer.builtAt >= byHand.at);
}

/** What only a person, or who decides in their place, answers. */
export function isDecision({ level, code }: Pick<GivenResponse, "level" | "code">): boolean {
  return level === "business" && Number(code) >= 30005;
}

/** Whether the register has been asked, so that a person may say otherwise. */
export function isMatched({ outcome }: Pick<PatientMatch, "outcome">): boolean {
  return outcome !== "not-checked" && outcome !== "waiting";
}
