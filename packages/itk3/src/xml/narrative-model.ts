// What stands where in a narrative, and which attributes each element has: XHTML 1.0 Strict as FHIR has cut it, of which
// fhir-xhtml.xsd of STU3 says each row (https://hl7.org/fhir/STU3/fhir-all-xsd.zip). An element or attribute that has no row
// is none that FHIR allows. Why: docs/decisions/198-xhtml-content.md.

export interface ElementModel {
  readonly name: string;
  readonly hasText: boolean;
  readonly children: ReadonlySet<string>;
  /** Where their order matters: what may come first (behind ""), and behind each child. */
  readonly behind: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  /** One of these comes last in it; undefined where it may be empty. */
  readonly last: ReadonlySet<string> | undefined;
  readonly attributes: ReadonlySet<string>;
  readonly required: readonly string[];
}

const headings = "h1 h2 h3 h4 h5 h6";
const block = `p ${headings} div ul ol dl pre hr blockquote address table`;
const phrase = "tt i b big small em strong dfn code q samp kbd var cite abbr acronym sub sup";
const noPicture = `a br span bdo map ${phrase}`;
const inline = `${noPicture} img`;
const flow = `${block} ${inline}`;

const core = "xmlns id class style title";
const attrs = `${core} lang xml:lang dir`;
const focus = "accesskey tabindex";
const aligned = "align char charoff valign";
const cell = `${attrs} abbr axis headers scope rowspan colspan ${aligned}`;

interface Row {
  elements: string;
  attributes: string;
  /** Text may stand between these. */
  mixed?: string;
  /** Only these may stand in it. */
  children?: string;
  last?: string;
  behind?: Readonly<Record<string, string>>;
  required?: string;
}

const rows: readonly Row[] = [
  { elements: "div li dd", mixed: flow, attributes: attrs },
  { elements: `p ${headings} dt address span caption`, mixed: inline, attributes: attrs },
  { elements: phrase.replace(" q ", " "), mixed: inline, attributes: attrs },
  { elements: "q", mixed: inline, attributes: `${attrs} cite` },
  { elements: "bdo", mixed: inline, attributes: attrs, required: "dir" },
  {
    elements: "a",
    mixed: inline.replace("a ", ""),
    attributes: `${attrs} ${focus} charset type name href hreflang rel rev shape coords`,
  },
  { elements: "pre", mixed: noPicture, attributes: `${attrs} xml:space` },
  { elements: "blockquote", children: block, attributes: `${attrs} cite` },
  { elements: "ul ol", children: "li", last: "li", attributes: attrs },
  { elements: "dl", children: "dt dd", last: "dt dd", attributes: attrs },
  { elements: "br", attributes: core },
  { elements: "hr", attributes: attrs },
  {
    elements: "img",
    attributes: `${attrs} src alt longdesc height width usemap ismap`,
    required: "src alt",
  },
  {
    elements: "map",
    children: `${block} area`,
    behind: { "": `${block} area`, area: "area", ...Object.fromEntries(block.split(" ").map((name) => [name, block])) },
    last: `${block} area`,
    attributes: `${attrs} name`,
    required: "id",
  },
  { elements: "area", attributes: `${attrs} ${focus} shape coords href nohref alt`, required: "alt" },
  {
    elements: "table",
    children: "caption col colgroup thead tfoot tbody tr",
    behind: {
      "": "caption col colgroup thead tfoot tbody tr",
      caption: "col colgroup thead tfoot tbody tr",
      col: "col thead tfoot tbody tr",
      colgroup: "colgroup thead tfoot tbody tr",
      thead: "tfoot tbody tr",
      tfoot: "tbody tr",
      tbody: "tbody",
      tr: "tr",
    },
    last: "tbody tr",
    attributes: `${attrs} summary width border frame rules cellspacing cellpadding`,
  },
  { elements: "thead tfoot tbody", children: "tr", last: "tr", attributes: `${attrs} ${aligned}` },
  { elements: "tr", children: "th td", last: "th td", attributes: `${attrs} ${aligned}` },
  { elements: "th td", mixed: flow, attributes: cell },
  { elements: "colgroup", children: "col", attributes: `${attrs} span width ${aligned}` },
  { elements: "col", attributes: `${attrs} span width ${aligned}` },
];

/** The elements of a narrative by name. */
export const elementModels: ReadonlyMap<string, ElementModel> = new Map(
  rows.flatMap((row) => row.elements.split(" ").map((name) => [name, modelOf(name, row)] as const)),
);

function modelOf(name: string, { mixed, children, last, behind, attributes, required }: Row): ElementModel {
  return {
    name,
    hasText: mixed !== undefined,
    children: setOf(mixed ?? children),
    behind: behind === undefined ? undefined : new Map(Object.entries(behind).map(([one, next]) => [one, setOf(next)])),
    last: last === undefined ? undefined : setOf(last),
    attributes: setOf(attributes),
    required: [...setOf(required)],
  };
}

function setOf(names: string | undefined): ReadonlySet<string> {
  return new Set(names?.split(" "));
}
