// Invariants of what else a record may hold: pictures and sounds, groups, links, sequences, who looked at what.
import type { Rule } from "../../rule.ts";
import { invariantOfOther, type OtherElement } from "./invariant.ts";
import { has } from "./values.ts";

export const recordInvariants: readonly Rule[] = [
  invariantOfOther(
    "sev-1",
    "AuditEvent.entity",
    "An entity of an AuditEvent must not have both a name and a query",
    "An entity of an AuditEvent has both a name and a query.",
    (entity) => !has(entity, "name") || !has(entity, "query"),
  ),
  invariantOfOther(
    "grp-1",
    "Group",
    "A Group must have members only where it is actual",
    "A Group that is not actual has members.",
    (group) => group["actual"] === true || group["actual"] === undefined || !has(group, "member"),
  ),
  invariantOfOther(
    "lnk-1",
    "Linkage",
    "A Linkage must have two items or more",
    "A Linkage has a single item.",
    ({ item }) => !Array.isArray(item) || item.length > 1,
  ),
  ...(["height", "width"] as const).map((name, index) =>
    invariantOfOther(
      `mda-${index + 1}`,
      "Media",
      `Media must have a ${name} only where it is a photo or a video`,
      `Media that is audio has a ${name}.`,
      (media) => media["type"] !== "audio" || !has(media, name),
    ),
  ),
  invariantOfOther(
    "mda-3",
    "Media",
    "Media must have frames only where it is a photo",
    "Media that is no photo has frames.",
    (media) => media["type"] === "photo" || media["type"] === undefined || !has(media, "frames"),
  ),
  invariantOfOther(
    "mda-4",
    "Media",
    "Media must have a duration only where it is audio or a video",
    "Media that is a photo has a duration.",
    (media) => media["type"] !== "photo" || !has(media, "duration"),
  ),
  invariantOfOther(
    "seq-3",
    "Sequence",
    "The coordinateSystem of a Sequence must be 0 or 1",
    "The coordinateSystem of a Sequence is neither 0 nor 1.",
    ({ coordinateSystem: system }) => isOneOf(system, 0, 1),
  ),
  invariantOfOther(
    "seq-4",
    "Sequence.referenceSeq",
    "The strand of a reference sequence must be 1 or -1",
    "The strand of a reference sequence is neither 1 nor -1.",
    ({ strand }) => isOneOf(strand, 1, -1),
  ),
  invariantOfOther(
    "seq-5",
    "Sequence.referenceSeq",
    "A reference sequence must have both a chromosome and a genomeBuild, or neither",
    "A reference sequence lacks its chromosome or its genomeBuild.",
    (sequence) => has(sequence, "chromosome") === has(sequence, "genomeBuild"),
  ),
  invariantOfOther(
    "seq-6",
    "Sequence.referenceSeq",
    "A reference sequence must have one of genomeBuild, referenceSeqId, referenceSeqPointer and referenceSeqString",
    "A reference sequence has none of genomeBuild, referenceSeqId, referenceSeqPointer and referenceSeqString, or several.",
    (sequence) => namesIn(sequence).length === 1,
  ),
];

function namesIn(sequence: OtherElement): readonly string[] {
  return ["genomeBuild", "referenceSeqId", "referenceSeqPointer", "referenceSeqString"].filter((name) =>
    has(sequence, name),
  );
}

/** True also where it is missing, or no number: that is a finding of its own. */
function isOneOf(value: unknown, ...values: readonly number[]): boolean {
  return typeof value !== "number" || values.includes(value);
}
