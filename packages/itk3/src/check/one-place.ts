// One place, one finding: what reading told is not told again by a rule that misses what was left out, nor what a
// requirement says by a rule of a profile or of FHIR.
import type { Issue, IssueCode } from "../issue.ts";
import type { Finding } from "./finding.ts";

/** What leaves a place without a value, or with one that is none of its own. */
const leavingOut: ReadonlySet<IssueCode> = new Set([
  "bad-value",
  "bad-code",
  "empty-element",
  "missing-element",
  "narrative",
  "namespace",
  "unknown-element",
]);

/**
 * Findings of rules without those that reading has told: what a rule misses at a place, an error of reading there, within
 * it or around it says already. That is so within one resource: of a whole one a rule says more, but for an invariant,
 * which is about what the resource itself holds.
 */
export function besideReading(findings: readonly Finding[], issues: readonly Issue[]): readonly Finding[] {
  const told = new Set<string>();
  const around = new Set<string>();
  const lacking = new Set<string>();
  /** Where something stood that was no resource: an entry without one has this finding. */
  const noResources = new Set<string>();
  for (const { severity, code, location } of issues) {
    if (severity === "error" && (code === "unknown-resource" || code === "empty-element") && isResource(location)) {
      noResources.add(location);
    }
    if (severity !== "error" || !leavingOut.has(code) || isResource(location)) continue;
    told.add(location);
    lacking.add(holderOf(location));
    for (const place of [...outward(location), choiceAt(location)]) around.add(place);
  }
  if (told.size + noResources.size === 0) return findings;
  const isTold = (place: string): boolean => around.has(place) || around.has(choiceAt(place));
  return findings.filter(({ id, severity, location }) => {
    if (severity === "look") return true;
    if (
      noResources.has(location) ||
      isTold(location) ||
      (isInvariant(id) && (lacking.has(location) || lacking.has(holderOf(location))))
    )
      return false;
    return !outward(location).some((place) => told.has(place));
  });
}

/** How far within a place, in names and indices, what is wrong is of that place: `identifier` of `identifier[0].value`. */
const depth = 3;

/**
 * Of errors in one place, or within it, those in the words of the use case where it has any, then those of a profile, then
 * FHIR's; and no warning of a place in which there is an error.
 */
export function oncePerPlace(findings: readonly Finding[]): readonly Finding[] {
  const errors = findings.filter(({ severity }) => severity === "error");
  const foremost = new Map<string, number>();
  for (const { id, location } of errors) foremost.set(location, Math.max(foremost.get(location) ?? 0, weight(id)));
  const wrong = new Set(errors.flatMap(({ location }) => placesAround(location)));
  return findings.filter(({ id, severity, location }) => {
    if (severity === "error") return placesOf(id, location).every((place) => (foremost.get(place) ?? 0) <= weight(id));
    return severity === "look" || !wrong.has(location);
  });
}

/** Where another finding says what this one does: around it too, where it is about a datatype. */
function placesOf(id: string, location: string): string[] {
  const isOfOnePlace = id.startsWith("FHIR:") && !ofDatatypes.test(id);
  return isOfOnePlace ? placesAround(location).slice(0, 1) : placesAround(location);
}

/** Of a place within a resource: it, and what it is in, as far as what is wrong there is of them. */
export function placesAround(location: string): string[] {
  return outward(location, depth + 1);
}

/** Of a place within a resource: it, and what it is in, up to the resource. */
function outward(location: string, most: number = Number.POSITIVE_INFINITY): string[] {
  const places: string[] = [];
  for (let place = location; !isResource(place) && places.length < most; place = holderOf(place)) places.push(place);
  return places;
}

function weight(id: string): number {
  if (isNumbered(id)) return 2;
  return id.startsWith("FHIR:") ? 0 : 1;
}

function isNumbered(id: string): boolean {
  return !id.includes(":");
}

const ofDatatypes = /^FHIR:(?:ext|cpt|per|qty|sqty|rng|rat|age|drt|dis|cnt|mny|tim|att)-/;

function isInvariant(id: string): boolean {
  return /^FHIR:[a-z]+-\d+$/.test(id);
}

/** Of `valueString`, `value`: what the table calls `value[x]`. */
export function choiceAt(place: string): string {
  return place.replace(/[A-Z][A-Za-z0-9]*$/, "");
}

/** A whole resource, or what is in none. */
function isResource(place: string): boolean {
  return place === "" || /(?:^Bundle|^envelope.*|\.resource|\.contained\[\d+\])$/.test(place);
}

/** The list that an item is of, what an element is in. */
function holderOf(place: string): string {
  return place.slice(0, Math.max(place.lastIndexOf("."), place.endsWith("]") ? place.lastIndexOf("[") : -1, 0));
}
