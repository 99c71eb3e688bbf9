// Invariants of Bundles. What the ITK3 profiles say of the message and the document is the same or more: of these two only
// what they leave open is looked at here, of any other Bundle all.
import type { Bundle, BundleEntry } from "../../../stu3/types.ts";
import { unless } from "../../look.ts";
import type { CheckContext, Rule } from "../../rule.ts";
import { invariant, invariantWhere } from "./invariant.ts";
import { has } from "./values.ts";

type Type = Bundle["type"];

export const bundleInvariants: readonly Rule[] = [
  ofOthers(
    "bdl-1",
    "A Bundle must have a total only where it is a searchset or a history",
    "A Bundle that is neither searchset nor history has a total.",
    (bundle) => !has(bundle, "total") || isOf(bundle, "searchset", "history"),
  ),
  ofOthers(
    "bdl-2",
    "A Bundle must have entries with a search only where it is a searchset",
    "A Bundle that is no searchset has an entry with a search.",
    (bundle) => !someEntry(bundle, "search") || isOf(bundle, "searchset"),
  ),
  ofOthers(
    "bdl-3",
    "A Bundle must have entries with a request only where it is a batch, a transaction or a history",
    "A Bundle that is neither batch, transaction nor history has an entry with a request.",
    (bundle) => !someEntry(bundle, "request") || isOf(bundle, "batch", "transaction", "history"),
  ),
  ofOthers(
    "bdl-4",
    "A Bundle must have entries with a response only where it answers a batch or a transaction",
    "A Bundle that answers neither batch nor transaction has an entry with a response.",
    (bundle) => !someEntry(bundle, "response") || isOf(bundle, "batch-response", "transaction-response"),
  ),
  ofOthers(
    "bdl-5",
    "An entry of a Bundle must have a resource, a request or a response",
    "A Bundle has an entry without resource, request and response.",
    ({ entry }) => (entry ?? []).every((one) => has(one, "resource") || has(one, "request") || has(one, "response")),
  ),
  ofOthers(
    "bdl-7",
    "The entries of a Bundle must differ in fullUrl, or in the version of their resource",
    "Two entries of a Bundle have the same fullUrl.",
    ({ entry }) => {
      const urls = (entry ?? []).flatMap(versionedUrl);
      return new Set(urls).size === urls.length;
    },
  ),
  invariant(
    "bdl-8",
    "Bundle.entry",
    "The fullUrl of an entry must not be that of a version",
    "The fullUrl of an entry is that of a version.",
    ({ fullUrl }) => fullUrl === undefined || !fullUrl.includes("/_history/"),
  ),
  ofOthers(
    "bdl-9",
    "A Bundle that is a document must have an identifier with system and value",
    "A Bundle that is a document has no identifier with system and value.",
    ({ type, identifier }) => type !== "document" || (has(identifier, "system") && has(identifier, "value")),
  ),
];

function ofOthers(key: string, asked: string, wrong: string, holds: (bundle: Bundle) => boolean): Rule {
  return invariantWhere(key, asked, wrong, ({ elements, message }: CheckContext) =>
    elements
      .ofType("Bundle")
      .filter((bundle) => bundle !== message.bundle && bundle !== message.document)
      .flatMap((bundle) => unless(holds(bundle), bundle)),
  );
}

function isOf({ type }: Bundle, ...types: readonly Type[]): boolean {
  return types.includes(type);
}

function someEntry({ entry }: Bundle, name: "search" | "request" | "response"): boolean {
  return (entry ?? []).some((one) => has(one, name));
}

function versionedUrl({ fullUrl, resource }: BundleEntry): readonly string[] {
  return fullUrl === undefined ? [] : [`${fullUrl} ${resource?.meta?.versionId ?? ""}`];
}
