// What the attributes of a narrative's elements may say: the types that fhir-xhtml.xsd of STU3 gives them. Text, styles and
// addresses may be any; what could act is looked for elsewhere (narrative.ts).
import { withoutOuterSpaces } from "../read/spaces.ts";
import { isNameToken, isPlainName } from "./characters.ts";

type Holds = (value: string) => boolean;

const matches =
  (pattern: RegExp): Holds =>
  (value) =>
    pattern.test(value);

/** Of a type that a schema takes the outer spaces off. */
const trimmed =
  (holds: Holds): Holds =>
  (value) =>
    holds(withoutOuterSpaces(value));

const oneOf = (words: string): Holds => {
  const known = new Set(words.split(" "));
  return trimmed((value) => known.has(value));
};

const eachWord = (holds: Holds): Holds => trimmed((value) => value.split(/[ \t\r\n]+/).every(holds));

const language = trimmed(matches(/^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/));
const token = trimmed(isNameToken);
const tokens = eachWord(token);
// Editors write an empty class, and judges disagree of it: NMTOKENS has one at least.
const classes: Holds = (value) => withoutOuterSpaces(value) === "" || tokens(value);
const character = matches(/^.$/su);
const number = trimmed(matches(/^[0-9]+$/));
const pixels = trimmed(matches(/^(?:\+?[0-9]+|-0+)$/));
const index: Holds = (value) => number(value) && Number(value) <= 32_767;
const length = matches(/^[-+]?(?:[0-9]+|[0-9]+(?:\.[0-9]+)?%)$/);
const share = matches(/^(?:[-+]?(?:[0-9]+|[0-9]+(?:\.[0-9]+)?%)|[0-9]*\*)$/);
const coordinates = matches(
  /^[-+]?(?:[0-9]+|[0-9]+(?:\.[0-9]+)?%)(?:,[ \t\r\n]*[-+]?(?:[0-9]+|[0-9]+(?:\.[0-9]+)?%))*$/,
);

const values: Readonly<Record<string, Holds>> = {
  class: classes,
  name: token,
  lang: language,
  // XML's own may be empty: of no language that is known.
  "xml:lang": (value) => value === "" || language(value),
  hreflang: language,
  dir: oneOf("ltr rtl"),
  accesskey: character,
  tabindex: index,
  rel: tokens,
  rev: tokens,
  shape: oneOf("rect circle poly default"),
  coords: coordinates,
  nohref: oneOf("nohref"),
  ismap: oneOf("ismap"),
  height: length,
  width: length,
  border: pixels,
  cellspacing: length,
  cellpadding: length,
  frame: oneOf("void above below hsides lhs rhs vsides box border"),
  rules: oneOf("none groups rows cols all"),
  align: oneOf("left center right justify char"),
  valign: oneOf("top middle bottom baseline"),
  char: character,
  charoff: length,
  headers: eachWord(isPlainName),
  scope: oneOf("row col rowgroup colgroup"),
  rowspan: number,
  colspan: number,
  span: number,
  "xml:space": matches(/^preserve$/),
};

/** Where an element has a type of its own for it. */
const own: Readonly<Record<string, Holds>> = {
  "col width": share,
  "colgroup width": share,
  "map class": () => true,
};

/** Whether an attribute of an element may have this value. */
export function isValueOf(element: string, attribute: string, value: string): boolean {
  const holds = own[`${element} ${attribute}`] ?? values[attribute];
  return holds === undefined || holds(value);
}
