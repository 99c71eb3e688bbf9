// Versions of a document, and what a later one replaces.
import { idKey, isUuid } from "../../message/id-key.ts";
import { onComposition, unless } from "../look.ts";
import type { Composition } from "../../stu3/types.ts";
import type { CheckContext, Rule } from "../rule.ts";
import { ruleMaker } from "../rule-maker.ts";

const rule = ruleMaker({ responseCode: "20009", issueCode: "value" });

/** The version that the text gives, failing that the subject; undefined where neither does. */
function versionOf({ words }: CheckContext): number | undefined {
  const version = words.textVersion ?? words.subjectVersion;
  return version === undefined ? undefined : Number(version);
}

/** What the Composition says that the document replaces. A relation of another kind is a finding of its own. */
function replacedBy({ relatesTo = [] }: Composition): NonNullable<Composition["relatesTo"]> {
  return relatesTo.filter(({ code }) => code === undefined || code === "replaces");
}

export const versionRules: readonly Rule[] = [
  rule(
    { cs: "007", scal: "GPCM-SD-098" },
    "The first document must be version 1; what replaces it has a higher one.",
    "The version is 0, or 1 for a document that replaces another.",
    onComposition((composition, context) => {
      const version = versionOf(context);
      const replaces = replacedBy(composition).length > 0;
      return unless(version === undefined || version > (replaces ? 1 : 0), composition, "relatesTo");
    }),
  ),
  {
    ...rule(
      { cs: "027", oc: "011", ge: "011", scal: "GPCM-SD-123" },
      "A later version must say in Composition.relatesTo what it replaces.",
      "A later version does not say in Composition.relatesTo what it replaces.",
      onComposition((composition, context) =>
        unless((versionOf(context) ?? 1) <= 1 || (composition.relatesTo ?? []).length > 0, composition, "relatesTo"),
      ),
    ),
    issueCode: "required",
  },
  rule(
    { core: "038", own: "Send-Document-2:relatesTo.code" },
    "Composition.relatesTo.code must be replaces.",
    "Composition.relatesTo.code is not replaces.",
    onComposition((composition) =>
      (composition.relatesTo ?? []).flatMap((relation) => unless(relation.code === "replaces", relation, "code")),
    ),
  ),
  rule(
    { core: "039", scal: "GPCM-SD-123" },
    "Composition.relatesTo.targetIdentifier must be the UUID of the document that is replaced.",
    "Composition.relatesTo.targetIdentifier is no UUID, or names this very document.",
    onComposition((composition, { message: { bundle, document, headerId } }) => {
      const own = [bundle.id, bundle.identifier?.value, document?.id, document?.identifier?.value, headerId];
      const names = new Set(own.flatMap((name) => (name === undefined ? [] : idKey(name))));
      return replacedBy(composition).flatMap((relation) => {
        const target = idKey(relation.targetIdentifier?.value ?? "");
        return unless(isUuid(target) && !names.has(target), relation, "targetIdentifier");
      });
    }),
  ),
];
