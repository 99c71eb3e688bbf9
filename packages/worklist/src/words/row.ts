// What a message is called, where it is one of many and where it stands alone.
import type { TaskSummary } from "@restante/practice";

type Named = Pick<TaskSummary, "subject" | "title" | "kind">;

/** By its subject, else by its title. */
export function taskName({ subject, title, kind }: Named): string {
  return subject || title || (kind === "document" ? "Document without a subject" : "Message without a subject");
}

/**
 * The subject that GP Connect Messaging has: `Consultation report for {Patient Name}, NHS Number {NHS Number}, seen at {Practice
 * Name}, ODS Code {ODS Code}, Version {Version Number}`, of which some lack the last ones.
 */
const form =
  /^(?<what>.{1,100}?) for (?<name>.{1,200}), NHS Number (?<number>[\d ]{10,12})(?:, seen at (?<seenAt>.{1,200}?))?(?:, ODS Code (?<odsCode>[A-Za-z0-9]{1,10}))?(?:, Version (?<version>[\w.-]{1,20}))?$/;

export interface NameInRow {
  text: string;
  /** Whose it is: for who goes from link to link, or box to box, and hears each by itself. The rest the row says in other places. */
  said?: string;
  version?: string;
}

/**
 * In a row that shows the patient and the sender by themselves: the subject, without what the row shows already (decision 281). Where
 * the subject says another patient, number or sender, or more, all of it.
 */
export function nameInRow(task: Named & Pick<TaskSummary, "patient" | "sender" | "confidential">): NameInRow {
  const { what = "", name = "", number = "", seenAt, odsCode, version } = form.exec(task.subject)?.groups ?? {};
  const { patient, sender, confidential } = task;
  const organisation = confidential === true ? undefined : sender.organisation;
  const isSaid =
    patient.nhsNumber !== undefined &&
    number.replaceAll(" ", "") === patient.nhsNumber &&
    wordsOf(name).join(" ") === wordsOf(patient.name ?? "").join(" ") &&
    (seenAt === undefined || seenAt === organisation?.name) &&
    (odsCode === undefined || odsCode === organisation?.odsCode);
  if (!isSaid) return { text: taskName(task) };
  return { text: what, said: ` for ${name}`, ...(version !== undefined && { version }) };
}

/** In one order, since a name is written with the family name first or last. */
function wordsOf(name: string): string[] {
  return (
    name
      .normalize("NFD")
      .toLowerCase()
      .match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  ).toSorted();
}
