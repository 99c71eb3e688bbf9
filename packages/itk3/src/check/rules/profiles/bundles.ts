// ITK-Message-Bundle-1 and ITK-Document-Bundle-1.
import { profiles } from "../../../names.ts";
import type { Bundle } from "../../../stu3/types.ts";
import { mayFollow } from "../../claimed-profiles.ts";
import { isText, none, unless } from "../../look.ts";
import type { Breach, CheckContext, Rule } from "../../rule.ts";
import { absent, each, isWhollyCoded, payload, rule } from "./profile.ts";

const messageBundle = ({ message }: CheckContext): readonly Bundle[] => [message.bundle];
const documentBundle = ({ message }: CheckContext): readonly Bundle[] =>
  message.document === undefined ? [] : [message.document];

/** What both profiles say of their Bundle. */
function bundleRules(
  profile: string,
  type: "message" | "document",
  find: (context: CheckContext) => readonly Bundle[],
  rest: Partial<Rule>,
): Rule[] {
  const entries = (context: CheckContext): NonNullable<Bundle["entry"]> =>
    find(context).flatMap(({ entry }) => entry ?? []);
  const identified = type === "document" ? "a system and a value (FHIR bdl-9)" : "a value";
  return [
    rule(
      `${profile}:type`,
      `The ${type} Bundle must have the type ${type}.`,
      `The type of the ${type} Bundle is not ${type}.`,
      each(find, (bundle) => unless(bundle.type === type, bundle, "type")),
      rest,
    ),
    rule(
      `${profile}:identifier`,
      `The ${type} Bundle must have an identifier with ${identified}.`,
      `The ${type} Bundle has no identifier with ${identified}.`,
      each(find, (bundle) => {
        const { system, value } = bundle.identifier ?? {};
        return unless(isText(value) && (type === "message" || isText(system)), bundle, "identifier");
      }),
      { ...rest, issueCode: "required" },
    ),
    rule(
      `${profile}:identifier.type`,
      `A coding of the type of the ${type} Bundle's identifier must have system, code and display.`,
      `The type of the ${type} Bundle's identifier has a coding without system, code or display.`,
      each(find, (bundle) => unless(isWhollyCoded(bundle.identifier?.type), bundle, "identifier.type")),
      { ...rest, issueCode: "required" },
    ),
    rule(
      `${profile}:identifier.assigner`,
      `The assigner of the ${type} Bundle's identifier must be a reference.`,
      `The assigner of the ${type} Bundle's identifier is no reference.`,
      each(find, (bundle) => {
        const assigner = bundle.identifier?.assigner;
        return unless(assigner === undefined || isText(assigner.reference), bundle, "identifier.assigner");
      }),
      { ...rest, issueCode: "required" },
    ),
    rule(
      `${profile}:entry.resource`,
      `Every entry of the ${type} Bundle must hold a resource.`,
      `An entry of the ${type} Bundle holds no resource.`,
      each(entries, (entry) => unless(entry.resource !== undefined, entry, "resource")),
      rest,
    ),
    rule(
      `${profile}:entry.fullUrl`,
      `Every entry of the ${type} Bundle must have a fullUrl (FHIR, Bundle.entry.fullUrl) that no other has (FHIR bdl-7).`,
      `An entry of the ${type} Bundle has no fullUrl, or the same as another.`,
      each(find, repeatedUrls),
      rest,
    ),
    ...absent(profile, "Bundle", ["total", "link", "signature"], find, rest),
    ...absent(profile, "Bundle.entry", ["link", "search", "request", "response"], entries, rest),
  ];
}

function repeatedUrls(bundle: Bundle): Breach[] {
  const seen = new Set<string>();
  const breaches: Breach[] = [];
  for (const entry of bundle.entry ?? []) {
    if (entry.fullUrl === undefined || seen.has(entry.fullUrl)) breaches.push({ element: entry, path: "fullUrl" });
    else seen.add(entry.fullUrl);
  }
  return breaches;
}

export const bundleProfileRules: readonly Rule[] = [
  ...bundleRules("ITK-Message-Bundle-1", "message", messageBundle, {}),
  rule(
    "ITK-Message-Bundle-1:entry[0]",
    "The first entry of the message must be its MessageHeader (FHIR, Messaging).",
    "The first entry of the message is not its MessageHeader.",
    ({ message }) => unless(message.bundle.entry?.[0]?.resource === message.header, message.header),
  ),
  rule(
    "ITK-Message-Bundle-1:entry.once",
    "The message must hold one MessageHeader, and no Bundle but the document.",
    "The message holds more than one MessageHeader, or more than one Bundle.",
    ({ outer }) =>
      (["MessageHeader", "Bundle"] as const).flatMap((type) =>
        outer
          .ofType(type)
          .slice(1)
          .map((element) => ({ element })),
      ),
  ),
  rule(
    "ITK-Message-Bundle-1:meta.profile",
    "The message Bundle and its MessageHeader must follow their ITK3 profiles.",
    "The message Bundle or its MessageHeader does not follow its ITK3 profile.",
    ({ message: { bundle, header } }) => [
      ...unless(mayFollow(bundle, profiles.messageBundle), bundle, "meta"),
      ...unless(mayFollow(header, profiles.messageHeader), header, "meta"),
    ],
  ),
  ...bundleRules("ITK-Document-Bundle-1", "document", documentBundle, payload),
  rule(
    "ITK-Document-Bundle-1:entry[0]",
    "The first entry of the document must be its Composition (FHIR, Documents).",
    "The first entry of the document is not its Composition.",
    ({ message: { document, composition } }) =>
      document === undefined || composition === undefined
        ? none
        : unless(document.entry?.[0]?.resource === composition, composition),
    payload,
  ),
  rule(
    "ITK-Document-Bundle-1:entry.once",
    "The document must hold one Composition.",
    "The document holds more than one Composition.",
    ({ inner }) =>
      inner
        .ofType("Composition")
        .slice(1)
        .map((element) => ({ element })),
    payload,
  ),
];
