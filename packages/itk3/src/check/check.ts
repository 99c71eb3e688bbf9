import { refuseUncheckable } from "../input/message-input.ts";
import { isResponse } from "../message/handling.ts";
import type { Issue } from "../issue.ts";
import type { Itk3Message, ReadResult } from "../message/model.ts";
import { sectionsOf } from "../message/sections.ts";
import type { Position } from "../read/positions.ts";
import type { List } from "../stu3/types.ts";
import type { CheckOptions } from "./check-options.ts";
import { contextOf } from "./context.ts";
import { type Answering, answeredAt } from "./code-by-place.ts";
import { type Reason, reasonUnreadable, refusals } from "./acceptable.ts";
import type { CheckResult, Finding, HeldAgainst, Negative, RefusedFor } from "./finding.ts";
import { placesOf } from "./locate.ts";
import { positionsOf } from "./positions-of.ts";
import { type Breach, type CheckContext, requirementId, type Rule } from "./rule.ts";
import { readingFinding } from "./reading.ts";
import { oncePerReference, oncePerUnled } from "./one-cause.ts";
import { besideReading, choiceAt, oncePerPlace, placesAround } from "./one-place.ts";
import { rules } from "./rules.ts";
import { reasonNotTaken } from "./not-taken.ts";
import { errorsByCode, reasonOfStrictness } from "./strictness.ts";

/**
 * Holds a message against every requirement that a message (and its envelope) can show. Never throws for what it holds.
 *
 * Takes what `readMessage` returned, so that a message that could not be read is judged too, or a message.
 *
 * @throws Itk3Error `input-invalid` where it is given neither, or options that are none
 */
export function check(input: Itk3Message | ReadResult, options: CheckOptions = {}): CheckResult {
  refuseUncheckable(input, options);
  const message = "bundle" in input ? input : input.message;
  if (message === undefined) return unreadable(input as ReadResult);
  const context = contextOf(message, options);
  const heldAgainst = heldAgainstOf(context, options);
  const document = documentPlace(message);
  const { findings: broken, values } = ruleFindings(context, document);
  const { noticed, standing } = withoutValues(message.issues, values);
  const findings = [
    ...noticed.map((issue) => readingFinding(issue, document)),
    ...oncePerPlace(besideReading(broken, noticed)).map((finding) => placed(finding, standing.get(finding.location))),
  ];
  const conforms = findings.every(({ severity }) => severity !== "error");
  if (context.useCase === "response") return { findings, conforms, acceptable: isUsableResponse(context), heldAgainst };
  const negative = negativeFor(context, findings, options);
  if (negative === undefined) return { findings, conforms, acceptable: true, heldAgainst };
  // What is not taken may be as it should.
  const refused = { findings, conforms: conforms && negative.because === "not-taken", acceptable: false, heldAgainst };
  return isResponse(message) ? refused : { ...refused, negative };
}

function placed(finding: Finding, at: Position | undefined): Finding {
  return at === undefined ? finding : { ...finding, line: at.line, column: at.column };
}

/** What reading noticed, but of values of which a finding says what is wrong; and where these stand, which reading alone knows. */
function withoutValues(
  issues: readonly Issue[],
  values: ReadonlySet<string>,
): { noticed: readonly Issue[]; standing: ReadonlyMap<string, Position> } {
  const standing = new Map<string, Position>();
  const noticed = issues.filter(({ code, location, line, column }) => {
    if (code !== "bad-value") return true;
    const place = [choiceAt(location), ...placesAround(location)].find((one) => values.has(one));
    if (place !== undefined && line !== undefined && column !== undefined) standing.set(place, { line, column });
    return place === undefined;
  });
  return { noticed, standing };
}

/**
 * By which a message is refused; the rows of what is acceptable go first, so that what a receiver chose answers them no
 * otherwise. Its code (20010) is higher than those of all other faults: what is not taken comes last.
 */
function negativeFor(
  context: CheckContext,
  findings: readonly Finding[],
  { strictness = "deliver", doesNotTake = [] }: CheckOptions,
): Negative | undefined {
  const { message, generation } = context;
  const reason = refusals.find((row) => row.fits(message, generation));
  if (reason !== undefined) return negativeOf("not-acceptable", reason, findings);
  const errors = strictness === "refuse" ? errorsByCode(findings) : [];
  const strict = reasonOfStrictness(errors);
  if (strict !== undefined) return negativeOf("strictness", strict, errors);
  const notTaken = reasonNotTaken(context, doesNotTake);
  return notTaken && negativeOf("not-taken", notTaken, []);
}

function unreadable(read: ReadResult): CheckResult {
  const { issues } = read;
  const findings = issues.map((issue) => readingFinding(issue));
  const result: CheckResult = { findings, conforms: false, acceptable: false };
  if (isResponse(read)) return result;
  return { ...result, negative: negativeOf("not-acceptable", reasonUnreadable(issues), findings) };
}

function heldAgainstOf({ generation, useCase, told }: CheckContext, options: CheckOptions): HeldAgainst {
  const toldFromMessage = (["generation", "useCase"] as const).filter((name) => options[name] === undefined);
  return { generation, useCase, toldFromMessage, restsOn: told?.restsOn ?? [] };
}

interface Applied {
  rule: Rule;
  id: string;
}

const applied = new Map<string, readonly Applied[]>();

/** The rules that apply, with the ids they go by: found once for each generation and use case. */
function rulesFor({ generation, useCase }: CheckContext): readonly Applied[] {
  const key = `${generation} ${useCase}`;
  const known = applied.get(key);
  if (known !== undefined) return known;
  const found = rules.flatMap((rule) => {
    const id = requirementId(rule, generation, useCase);
    return id === undefined ? [] : [{ rule, id }];
  });
  applied.set(key, found);
  return found;
}

const maxPlaces = 100;

interface Broken extends Applied {
  breaches: readonly Breach[];
}

/** Where the document Bundle stands: an entry of the message's. */
function documentPlace({ bundle, document }: Itk3Message): string | undefined {
  const index = (bundle.entry ?? []).findIndex(({ resource }) => document !== undefined && resource === document);
  return index < 0 ? undefined : `Bundle.entry[${index}].resource`;
}

/** The references by which a reader goes through the document: of the Composition and of Lists. */
function waysThrough({ message: { composition }, lists }: CheckContext): ReadonlySet<object> {
  const listed = Array.from(lists.keys(), (list) => (list as List).entry ?? []).flat();
  const led = composition === undefined ? [] : sectionsOf(composition).flatMap(({ entry }) => entry ?? []);
  return new Set(
    [...led, composition?.encounter, ...listed.map(({ item }) => item)].filter((way) => way !== undefined),
  );
}

/** `values` are the places of which a finding says what is wrong with the value. */
function ruleFindings(
  context: CheckContext,
  document: string | undefined,
): { findings: Finding[]; values: ReadonlySet<string> } {
  const broken: Broken[] = [];
  for (const { rule, id } of rulesFor(context)) {
    const breaches = rule.breaches(context);
    if (breaches.length > 0) broken.push({ rule, id, breaches });
  }
  const told = oncePerUnled(oncePerReference(broken, () => waysThrough(context)));
  const { bundle } = context.message;
  const shown = told.flatMap(({ breaches }) => breaches.slice(0, maxPlaces));
  const places = placesOf(
    bundle,
    "Bundle",
    shown.map(({ element }) => element),
  );
  const positionAt = positionsOf(bundle, shown);
  const placeOf = ({ element, path }: Breach): string => {
    const place = element === context.envelope ? "envelope" : (places.get(element) ?? "Bundle");
    return path === undefined ? place : `${place}.${path}`;
  };
  const toldAt = ({ responseCode, issueCode }: Rule, breach: Breach): Told => {
    const location = placeOf(breach);
    const answering = answeredAt(location, document, { responseCode, issueCode });
    return { at: { location, ...positionAt(breach) }, answering };
  };
  const ofValues = told.filter(({ rule }) => rule.tellsOfValue === true);
  const values = new Set(ofValues.flatMap(({ breaches }) => breaches.slice(0, maxPlaces).map(placeOf)));
  return { findings: told.flatMap((one) => findingsOf(one, toldAt)), values };
}

/** What a finding says of a breach by where it is. */
interface Told {
  at: Pick<Finding, "location" | "line" | "column">;
  answering: Answering;
}

function findingsOf({ rule, id, breaches }: Broken, toldAt: (rule: Rule, breach: Breach) => Told): Finding[] {
  const { severity, requirement, responseCode, issueCode } = rule;
  const findings: Finding[] = [];
  for (const breach of breaches.slice(0, maxPlaces)) {
    const { at, answering } = toldAt(rule, breach);
    findings.push({ id, severity, ...at, requirement, text: rule.text, ...(severity !== "look" && answering) });
  }
  if (breaches.length > maxPlaces) {
    const text = `${rule.text} This is so in ${breaches.length} places: the rest are not listed.`;
    const answering = severity === "look" ? {} : { responseCode, issueCode };
    findings.push({ id, severity, location: "", requirement, text, ...answering });
  }
  return findings;
}

function isUsableResponse({ message, outer }: CheckContext): boolean {
  const [outcome] = outer.ofType("OperationOutcome");
  return (
    message.header.response?.identifier !== undefined && outcome?.issue?.[0]?.details?.coding?.[0]?.code !== undefined
  );
}

const maxListed = 5;

// The reason first, then the first errors: enough for the sender's people to find the fault (GPCM-SD-042).
function negativeOf(because: RefusedFor, reason: Reason, findings: readonly Finding[]): Negative {
  const errors = findings.filter(({ severity, text }) => severity === "error" && text !== reason.text);
  const lines = errors
    .slice(0, maxListed)
    .map(({ id, location, text }) => `${id} at ${location || "the start"}: ${text}`);
  const more = errors.length > maxListed ? [`And ${errors.length - maxListed} more.`] : [];
  const diagnostics = [reason.text, ...lines, ...more].join(" ");
  const { rule, code, issueCode } = reason;
  return { because, ...(rule && { rule }), code, issueCode, diagnostics };
}
