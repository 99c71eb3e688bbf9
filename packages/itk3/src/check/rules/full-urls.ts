// What an entry is called by: an absolute URL, a UUID or an OID (FHIR STU3, Bundle.entry.fullUrl), that goes with the id
// of its resource. That there is one, and none twice: profiles/bundles.ts.
import { isUuid, nameKey } from "../../message/id-key.ts";
import { resourceDefinition } from "../../stu3/element-table.ts";
import { primitiveFault } from "../../stu3/primitives.ts";
import type { Bundle, BundleEntry } from "../../stu3/types.ts";
import { unless } from "../look.ts";
import type { Breach, CheckContext, Rule } from "../rule.ts";
import { ruleMaker } from "../rule-maker.ts";

const rule = ruleMaker({ responseCode: "20009", issueCode: "structure" });

export const fullUrlRules: readonly Rule[] = [
  rule(
    "FHIR:fullUrl",
    "The fullUrl of an entry must not disagree with the id of its resource (FHIR, Bundle.entry.fullUrl).",
    "An entry's fullUrl does not go with the id of its resource.",
    everyEntry((entry) => !isAddress(entry.fullUrl) || agreement(entry) !== "none"),
  ),
  rule(
    "FHIR:fullUrl.type",
    "The fullUrl of an entry must be an absolute URL, a UUID or an OID (FHIR, Bundle.entry.fullUrl).",
    "An entry's fullUrl is no absolute URL, UUID or OID.",
    everyEntry(({ fullUrl }) => isAddress(fullUrl)),
    { issueCode: "value" },
  ),
  rule(
    "FHIR:fullUrl.uuid",
    "What follows urn:uuid: in the fullUrl of an entry should be a UUID (RFC 4122).",
    "An entry's fullUrl begins with urn:uuid: and has no UUID behind it.",
    everyEntry((entry) => isUuidOrOther(entry.fullUrl) || agreement(entry) === "none"),
    { severity: "warning", issueCode: "value" },
  ),
  rule(
    "FHIR:fullUrl.case",
    "The fullUrl of an entry should have the UUID of its resource's id in the same letters, small or capital.",
    "An entry's fullUrl has the UUID of its resource's id in other letters, small for capital.",
    everyEntry((entry) => agreement(entry) !== "but for the case"),
    { severity: "warning", issueCode: "value" },
  ),
  rule(
    "FHIR:fullUrl.same",
    "The fullUrl of an entry should not have the UUID of another's in other letters, small for capital: it is the same UUID (RFC 4122).",
    "An entry's fullUrl has the UUID of another entry's in other letters, small for capital.",
    ({ elements }) => elements.scopes.flatMap(({ bundle }) => sameUuids(bundle)),
    { severity: "warning", issueCode: "value" },
  ),
];

/** What is the same in all its letters is another rule's. */
function sameUuids({ entry = [] }: Bundle): Breach[] {
  const seen = new Map<string, string>();
  return entry.flatMap((one) => {
    const { fullUrl } = one;
    if (fullUrl === undefined) return [];
    const key = nameKey(fullUrl);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, fullUrl);
    return unless(first === undefined || first === fullUrl, one, "fullUrl");
  });
}

/** Whether what leads to the entry's resource by its id, and not by its fullUrl, does so for a fault of the fullUrl. */
export function isMisnamed(entry: BundleEntry): boolean {
  return entry.fullUrl === undefined || !isAddress(entry.fullUrl) || agreement(entry) !== "whole";
}

function everyEntry(holds: (entry: BundleEntry) => boolean): (context: CheckContext) => Breach[] {
  return ({ elements }) =>
    elements.scopes.flatMap(({ bundle }) =>
      (bundle.entry ?? []).flatMap((entry) => unless(holds(entry), entry, "fullUrl")),
    );
}

const uuidPrefix = "urn:uuid:";
const oid = /^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/;
const url = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]/;

// A UUID that is none is a warning of its own: senders name resources so, and readers find them.
function isAddress(fullUrl: string | undefined): boolean {
  return fullUrl === undefined || fullUrl.startsWith(uuidPrefix) || oid.test(fullUrl) || url.test(fullUrl);
}

function isUuidOrOther(fullUrl: string | undefined): boolean {
  return fullUrl?.startsWith(uuidPrefix) !== true || isUuid(fullUrl.slice(uuidPrefix.length));
}

type Agreement = "whole" | "but for the case" | "none";

// Of a urn the id is what follows the last colon; of a RESTful URL, what follows the type. Of another URL nothing is said.
function agreement({ fullUrl, resource }: BundleEntry): Agreement {
  if (fullUrl === undefined || resource?.id === undefined) return "whole";
  // An id that is none is reading's finding.
  if (primitiveFault("id", resource.id) !== undefined) return "whole";
  if (fullUrl.startsWith("urn:")) {
    const named = fullUrl.slice(fullUrl.lastIndexOf(":") + 1);
    return sameness(named, resource.id);
  }
  const [, type = "", id] = /(?:^|\/)([A-Za-z]+)\/([^/]+)$/.exec(fullUrl) ?? [];
  if (resourceDefinition(type) === undefined) return "whole";
  return type === resource.resourceType && id !== undefined ? sameness(id, resource.id) : "none";
}

function sameness(named: string, id: string): Agreement {
  if (named === id) return "whole";
  return nameKey(named) === nameKey(id) ? "but for the case" : "none";
}
