// Extension-ITK-MessageHandling-2, of a document and of a response alike: every part exactly once, of its own type.
import { recipientTypes, systems } from "../../names.ts";
import { handlingExtension, handlingPart } from "../../message/handling.ts";
import type { Extension, MessageHeader } from "../../stu3/types.ts";
import { isText, none, unless } from "../look.ts";
import type { Breach, CheckContext, Rule } from "../rule.ts";
import { ruleMaker } from "../rule-maker.ts";

const parts: readonly (readonly [url: string, value: string, responseCode: string])[] = [
  ["BusAckRequested", "valueBoolean", "10003"],
  ["InfAckRequested", "valueBoolean", "10002"],
  ["RecipientType", "valueCoding", "10010"],
  ["MessageDefinition", "valueReference", "10004"],
  ["SenderReference", "valueString", "10007"],
];

/** Of each part ITK3 has a code: what is wrong with its value is told with that one. */
const ofValue = { tellsOfValue: true } as const;

const make = ruleMaker({ responseCode: "10001", issueCode: "processing" });

/** A rule of the extension, with the ITK3 code of the part that it is about. */
function rule(
  own: string,
  responseCode: string,
  requirement: string,
  text: string,
  breaches: Rule["breaches"],
  { numbers, ...rest }: Partial<Rule> = {},
): Rule {
  return make({ own, ...numbers }, requirement, text, breaches, { responseCode, ...rest });
}

/** Looks at the extension, where there is one, and its parts of one name; a breach of a single one is at its value. */
const within =
  (url: string, holds: (parts: readonly Extension[]) => boolean) =>
  ({ message: { header } }: CheckContext): ReturnType<Rule["breaches"]> => {
    const extension = handlingExtension(header);
    if (extension === undefined) return none;
    const found = (extension.extension ?? []).filter((part) => part.url === url);
    const [first] = found;
    const value = first && found.length === 1 ? (valueIn(first) ?? "value") : undefined;
    return unless(holds(found), first ?? extension, value);
  };

/** A breach unless `holds`, at a part of the extension that says something: that one does not is a finding of its own. */
export function unlessInHandling(header: MessageHeader, url: string, holds: boolean): readonly Breach[] {
  const part = handlingPart(header, url);
  const value = part && valueIn(part);
  return part === undefined || value === undefined ? none : unless(holds, part, value);
}

/** `valueBoolean`, say. */
function valueIn(part: Extension): string | undefined {
  return Object.keys(part).find((name) => name.startsWith("value"));
}

const lacks = (value: object | undefined, names: readonly string[]): boolean =>
  value === undefined || names.every((name) => !(name in value));

export const handlingRules: readonly Rule[] = [
  rule(
    "ITK-MessageHeader-2:extension",
    "10001",
    "MessageHeader must hold the ITK3 message handling extension exactly once.",
    "MessageHeader does not hold the ITK3 message handling extension exactly once.",
    ({ message: { header } }) => {
      const first = handlingExtension(header);
      const count = (header.extension ?? []).filter((extension) => extension.url === first?.url).length;
      return unless(first !== undefined && count === 1, header, "extension");
    },
  ),
  ...parts.map(([url, value, responseCode]) =>
    rule(
      `Extension-ITK-MessageHandling-2:${url}`,
      responseCode,
      `The message handling extension must hold ${url} exactly once, as ${value}.`,
      `The message handling extension does not hold ${url} exactly once, as ${value}.`,
      within(url, (found) => found.length === 1 && found[0] !== undefined && value in found[0]),
      ofValue,
    ),
  ),
  rule(
    "Extension-ITK-MessageHandling-2:LocalExtension",
    "10001",
    "The message handling extension must hold LocalExtension exactly once, with a value.",
    "The message handling extension does not hold LocalExtension exactly once, with a value.",
    within("LocalExtension", (found) => found.length === 1 && found.every((part) => valueIn(part) !== undefined)),
  ),
  rule(
    "Extension-ITK-MessageHandling-2:RecipientType.coding",
    "10010",
    "RecipientType must be a coding of ITK-RecipientType-1 with its display, and nothing beside them.",
    "RecipientType is not a coding of ITK-RecipientType-1 with its display, or holds more.",
    within("RecipientType", ([part]) => {
      const { valueCoding: coding } = part ?? {};
      if (coding === undefined) return true;
      const display = coding.code === "FA" || coding.code === "FI" ? recipientTypes[coding.code] : undefined;
      return (
        coding.system === systems.recipientType &&
        display !== undefined &&
        coding.display === display &&
        lacks(coding, ["version", "userSelected"])
      );
    }),
    ofValue,
  ),
  rule(
    "Extension-ITK-MessageHandling-2:MessageDefinition.reference",
    "10004",
    "MessageDefinition must be a reference, and nothing beside it.",
    "MessageDefinition holds no reference, or something beside it.",
    within("MessageDefinition", ([part]) => {
      const { valueReference: reference } = part ?? {};
      return reference === undefined || (isText(reference.reference) && lacks(reference, ["identifier", "display"]));
    }),
    ofValue,
  ),
  rule(
    "Extension-ITK-MessageHandling-2:SenderReference.length",
    "10007",
    "SenderReference must be a text of up to 255 characters.",
    "SenderReference is empty or longer than 255 characters.",
    within("SenderReference", ([part]) => {
      const { valueString: reference } = part ?? {};
      return reference === undefined || (isText(reference) && reference.length <= 255);
    }),
    { ...ofValue, numbers: { itk: "FHIR-SR-03" } },
  ),
];
