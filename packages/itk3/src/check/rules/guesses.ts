// Where a rule can only guess, and a person must look: docs/decisions/191-where-a-rule-guesses.md.
import { holdsNhsNumber } from "@restante/mesh";
import { holderOf } from "../../message/attachments.ts";
import type { Attachment } from "../../message/model.ts";
import { sectionsOf } from "../../message/sections.ts";
import { addressLength } from "../../message/whole-file.ts";
import { base64Holds, withoutSpaces } from "../../stu3/base64.ts";
import type { Narrative } from "../../stu3/types.ts";
import { none, onComposition, paragraphsOf, unless } from "../look.ts";
import type { CheckContext, Rule, ToldUseCase } from "../rule.ts";
import { ofDocuments, ruleMaker } from "../rule-maker.ts";
import { isNamedAlone } from "../use-case.ts";
import { typeByContent } from "./attachments.ts";

const look = { severity: "look" } as const;
const rule = ruleMaker({ responseCode: "20009", issueCode: "value" }, ofDocuments);

const told = (isGuess: (told: ToldUseCase) => boolean): Rule["breaches"] =>
  onComposition((composition, { told }) => unless(told === undefined || !isGuess(told), composition, "title"));

export const guessRules: readonly Rule[] = [
  rule(
    "Send-Document:use-case",
    "What a document says of its use case (title, text, LocalExtension, type) should agree.",
    "Of the signs of the use case as many say one as say another: what it was held against is a guess.",
    told(({ disputed }) => disputed),
    look,
  ),
  rule(
    "Send-Document:use-case",
    "A document should say by more than its own name of which use case it is.",
    "Nothing but its title or its text tells the use case, or nothing does: what it was held against is a guess.",
    told((one) => !one.disputed && isNamedAlone(one)),
    look,
  ),
  rule(
    "Send-Document:picture",
    "A report should hold its words as words: nobody can search a picture, copy from it or have it read out.",
    "The report may be a picture of text.",
    onComposition((composition, { message: { attachments }, useCase }) => {
      const [report] = attachments;
      return unless(report === undefined || !mayBePicture(report, useCase === "generic"), composition, "section");
    }),
    look,
  ),
  rule(
    "Send-Document:picture",
    "A report should hold its words as words: nobody can search a picture, copy from it or have it read out.",
    "A narrative holds pictures and no words: they may be pictures of text.",
    onComposition((composition) =>
      [composition, ...sectionsOf(composition)].flatMap((part) => unless(!isPictureAlone(part.text), part, "text")),
    ),
    look,
  ),
  {
    numbers: { own: "ITK-Response:subject" },
    ...look,
    responseCode: "20006",
    issueCode: "processing",
    requirement: "The subject of a response must hold nothing by which a patient could be known.",
    text: "The subject of a response may name a patient.",
    breaches: ({ envelope, useCase, words }: CheckContext) => {
      if (useCase !== "response" || envelope?.subject === undefined) return none;
      return unless(words.subject === undefined && !holdsNhsNumber(envelope.subject), envelope, "subject");
    },
  },
];

/** A PDF with pictures and no font, or, where the report need not be a PDF, a picture itself. */
function mayBePicture(report: Attachment, mayBeOther: boolean): boolean {
  // Of a message that was JSON meanwhile it is not known.
  const content = holderOf(report)?.content;
  if (content === undefined || !report.intact) return false;
  const type = typeByContent(content);
  if (type !== "application/pdf") return mayBeOther && type !== undefined;
  const written = withoutSpaces(content.slice(addressLength(content)));
  // What is compressed or encrypted is not looked into: a font may stand there.
  return (
    base64Holds(written.slice(0, mostBeforePicture), ["/Subtype /Image", "/Subtype/Image"]) &&
    !base64Holds(written, ["/Font", "/ObjStm", "/Encrypt"])
  );
}

/** Of a report that is pictures alone the first stands near the beginning: one of many megabytes is not looked through for it. */
const mostBeforePicture = 1_000_000;

function isPictureAlone(narrative: Narrative | undefined): boolean {
  const div = narrative?.div ?? "";
  // A picture may be longer than what is looked through for words.
  return div.includes("<img") && paragraphsOf(div.replace(/<img\b[^>]*>/g, "")).length === 0;
}
