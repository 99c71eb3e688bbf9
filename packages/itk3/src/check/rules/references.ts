// Where references lead. Within a bundle a reference is the fullUrl of an entry, relative to one or, to something
// contained, `#id`. What lies outside the message is not ours.
import { nameKey } from "../../message/id-key.ts";
import type { References } from "../../message/references.ts";
import type { Bundle, Resource } from "../../stu3/types.ts";
import type { ContainedIn } from "../contained.ts";
import { none } from "../look.ts";
import { containedRuleId, referenceRuleId } from "../one-cause.ts";
import type { Breach, CheckContext, Rule } from "../rule.ts";
import { ruleMaker } from "../rule-maker.ts";
import type { HeldReference } from "../walk.ts";
import { isMisnamed } from "./full-urls.ts";

const rule = ruleMaker({ responseCode: "20009", issueCode: "structure" });

export const referenceRules: readonly Rule[] = [
  rule(
    referenceRuleId,
    "A reference must lead to a resource of the bundle that it stands in, or out of the message.",
    "A reference leads to nothing in its bundle.",
    referencesThat("leads to nothing"),
  ),
  rule(
    "FHIR:reference.fullUrl",
    "A reference must name the fullUrl of the entry that it leads to (FHIR, Bundle: resolving references).",
    "A reference leads to a resource by its id alone: no entry of its bundle has that fullUrl.",
    referencesThat("names an id"),
  ),
  rule(
    "FHIR:reference.relative",
    "A reference of type and id should stand in an entry whose fullUrl is a URL of that form: FHIR gives it no meaning elsewhere.",
    "A reference leads to a resource by its type and id, and stands in an entry whose fullUrl is no URL of that form.",
    referencesThat("names type and id"),
    { severity: "warning" },
  ),
  rule(
    "FHIR:reference.case",
    "A reference should have a UUID in the same letters, small or capital, as the fullUrl or the contained id that it names.",
    "A reference has the UUID of a fullUrl or a contained id in other letters, small for capital.",
    referencesThat("differs in case"),
    { severity: "warning" },
  ),
  rule(
    containedRuleId,
    "A reference that begins with # must lead to a resource contained in the one that it stands in (FHIR ref-1).",
    "A reference leads to a contained resource that is not there.",
    referencesThat("leads to nothing contained"),
  ),
];

/** The resources that refer, themselves or in what they contain, to a contained resource that is not there. */
export function referringAstray(context: CheckContext): ReadonlySet<object> {
  const broken = new Set(referencesThat("leads to nothing contained")(context).map(({ element }) => element));
  return new Set(
    context.elements.scopes.flatMap(({ references }) =>
      references.flatMap(({ reference, holder }) => (holder !== undefined && broken.has(reference) ? [holder] : [])),
    ),
  );
}

/** How a reference leads astray, or further than FHIR says. */
type Astray =
  | "leads to nothing"
  | "leads to nothing contained"
  | "names an id"
  | "names type and id"
  | "differs in case";

const known = new WeakMap<CheckContext, ReadonlyMap<Astray, readonly Breach[]>>();

function referencesThat(astray: Astray): (context: CheckContext) => readonly Breach[] {
  return (context) => {
    const found = known.get(context) ?? referencesAstray(context);
    known.set(context, found);
    return found.get(astray) ?? none;
  };
}

function referencesAstray({
  elements,
  message,
  referencesIn,
  containedIn,
}: CheckContext): ReadonlyMap<Astray, readonly Breach[]> {
  const found = new Map<Astray, Breach[]>();
  const note = (astray: Astray | undefined, breach: Breach): void => {
    if (astray === undefined) return;
    const breaches = found.get(astray);
    if (breaches === undefined) found.set(astray, [breach]);
    else breaches.push(breach);
  };
  for (const { bundle, references } of elements.scopes) {
    const judge = judgeIn(bundle, referencesIn(bundle), containedIn);
    for (const held of references) note(judge(held), { element: held.reference, path: "reference" });
    if (bundle !== message.document) continue;
    for (const [attachment, held] of documentsAt(bundle)) {
      const astray = judge(held);
      // What is not in the document may be anywhere.
      if (astray?.startsWith("leads to nothing") !== true) note(astray, { element: attachment, path: "url" });
    }
  }
  return found;
}

/** The address of a document leads to it as a reference does (FHIR, Attachment.url). */
function documentsAt({ entry = [] }: Bundle): (readonly [attachment: object, HeldReference])[] {
  return entry.flatMap(({ resource }) =>
    resource?.resourceType !== "DocumentReference"
      ? []
      : (resource.content ?? []).flatMap(({ attachment }) =>
          attachment?.url === undefined || attachment.data !== undefined
            ? []
            : [
                [
                  attachment,
                  { reference: { reference: attachment.url }, holder: resource, targets: undefined },
                ] as const,
              ],
        ),
  );
}

/** As FHIR STU3 resolves references (Bundle 2.36.4.1), and where it does not, as reading does. */
function judgeIn(
  bundle: Bundle,
  within: References,
  containedIn: ContainedIn,
): (held: HeldReference) => Astray | undefined {
  const entries = namedEntries(bundle);
  const fullUrls = new Set((bundle.entry ?? []).flatMap(({ fullUrl }) => fullUrl ?? []));
  return ({ reference: element, holder }) => {
    const { reference } = element;
    if (reference === undefined) return;
    if (reference.startsWith("#")) {
      // `#` alone is the resource that contains.
      if (reference === "#" && holder !== undefined) return;
      const contained = holder === undefined ? [] : containedIn(holder).named(reference.slice(1));
      if (contained.length === 0) return "leads to nothing contained";
      return contained.some(({ id }) => `#${id}` === reference) ? undefined : "differs in case";
    }
    if (fullUrls.has(reference)) return;
    const isTypeAndId = typeAndId.test(reference);
    const beside = isTypeAndId && holder !== undefined ? entries.get(holder)?.beside : undefined;
    if (beside?.names.has(reference) === true) return;
    const found = within.candidates(element).flatMap((resource) => entries.get(resource) ?? []);
    // What lies out of the message is not ours, but for a UUID that is an entry's.
    if (/^https?:/.test(reference)) return found.length === 0 ? undefined : "differs in case";
    if (found.length === 0) return "leads to nothing";
    const isBare = !isTypeAndId && !reference.startsWith("urn:");
    // One cause, one finding: the fullUrl's own.
    if (!isBare && found.some(({ misnamed }) => misnamed)) return;
    if (isTypeAndId && beside === undefined) return "names type and id";
    const name = nameKey(reference);
    const isNamed = beside?.keys.has(name) ?? found.some(({ fullUrl = "" }) => nameKey(fullUrl) === name);
    return isNamed ? "differs in case" : "names an id";
  };
}

/** What references ask of an entry, found once: a fullUrl may be as long as the message, and all of them may ask. */
interface NamedEntry {
  fullUrl: string | undefined;
  misnamed: boolean;
  /** Where the fullUrl is RESTful, every type and id that there is under its root. */
  beside: Beside | undefined;
}

interface Beside {
  names: Set<string>;
  /** The same, UUIDs in small letters. */
  keys: Set<string>;
}

const typeAndId = /^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]+$/;
const restful = /^(https?:\/\/.*\/)([A-Z][A-Za-z]+\/[A-Za-z0-9.-]+)$/;

function namedEntries(bundle: Bundle): ReadonlyMap<Resource, NamedEntry> {
  const roots = new Map<string, Beside>();
  const under = (fullUrl: string | undefined): Beside | undefined => {
    const [, root, name] = restful.exec(fullUrl ?? "") ?? [];
    if (root === undefined || name === undefined) return undefined;
    const beside = roots.get(root) ?? { names: new Set(), keys: new Set() };
    roots.set(root, beside);
    beside.names.add(name);
    beside.keys.add(nameKey(name));
    return beside;
  };
  const entries = new Map<Resource, NamedEntry>();
  for (const entry of bundle.entry ?? []) {
    const { fullUrl, resource } = entry;
    const beside = under(fullUrl);
    if (resource !== undefined) entries.set(resource, { fullUrl, misnamed: isMisnamed(entry), beside });
  }
  return entries;
}
