// What a narrative may hold: the formatting elements of XHTML that FHIR allows (hl7.org/fhir/STU3/narrative.html, txt-1).
// Two kinds of fault: content that could act or fetch (a script, an event attribute, a javascript: address, a remote
// picture) refuses the whole message; anything else outside the list costs the narrative only. Why:
// docs/decisions/012-narratives.md. Which element stands where: narrative-content.ts.
import type { Attributes } from "./attributes.ts";
import { elementModels } from "./narrative-model.ts";

const allowedAttributes: ReadonlySet<string> = new Set(
  Array.from(elementModels.values(), ({ attributes }) => [...attributes]).flat(),
);

const activeElements: ReadonlySet<string> = new Set(
  "script iframe frame frameset object embed applet form input button select textarea base link meta svg math video audio".split(
    " ",
  ),
);
const addresses: ReadonlySet<string> = new Set(["href", "cite", "longdesc", "usemap"]);
/** Allowed whatever they say. */
const harmlessAttributes: ReadonlySet<string> = new Set(
  [...allowedAttributes].filter((name) => name !== "src" && name !== "style" && !addresses.has(name)),
);

export interface NarrativeFault {
  /** `narrative` costs the narrative; with `active-content` and `too-deep` the whole message is refused; the others cost nothing. */
  code: "active-content" | "too-deep" | "narrative" | "bad-value" | "narrative-content" | "narrative-picture";
  text: string;
}

/** The worst of what is wrong with one element; undefined where nothing is. */
export function narrativeFault(name: string, attributes: Attributes): NarrativeFault | undefined {
  let worst: NarrativeFault | undefined;
  if (!elementModels.has(name)) {
    if (activeElements.has(name.toLowerCase())) return active("A narrative holds an element that can act.");
    worst = plain("A narrative holds an element that FHIR does not allow.");
  }
  for (let index = 0; index < attributes.count; index += 1) {
    const fault = attributeFault(attributes.name(index), attributes.value(index));
    if (fault?.code === "active-content") return fault;
    if (worst === undefined || worst.code === "narrative-picture") worst = fault ?? worst;
  }
  return worst;
}

function active(text: string): NarrativeFault {
  return { code: "active-content", text };
}

function plain(text: string): NarrativeFault {
  return { code: "narrative", text };
}

function attributeFault(attribute: string, value: string): NarrativeFault | undefined {
  if (harmlessAttributes.has(attribute)) return undefined;
  if (/^on/i.test(attribute)) return active("A narrative holds an event attribute.");
  const name = attribute.toLowerCase();
  if (name === "src") {
    const fault = pictureFault(value);
    if (fault?.code === "active-content") return fault;
    if (fault !== undefined && allowedAttributes.has(attribute)) return fault;
  }
  if (addresses.has(name) && !isSafeAddress(value)) {
    return active("A narrative holds an address of a kind that can act.");
  }
  if (attribute === "style") return styleFault(value);
  return allowedAttributes.has(attribute)
    ? undefined
    : plain("A narrative holds an attribute that FHIR does not allow.");
}

const edges = "border border-top border-right border-bottom border-left border-color border-style border-width";
const boxes =
  "margin margin-top margin-right margin-bottom margin-left padding padding-top padding-right padding-bottom";
const fonts = "font font-family font-size font-style font-variant font-weight line-height letter-spacing word-spacing";
const text = "color background background-color text-align text-decoration text-indent text-transform vertical-align";
const lines = "white-space word-break word-wrap overflow-wrap direction list-style list-style-type list-style-position";
const grids = "width height min-width max-width border-collapse border-spacing caption-side empty-cells table-layout";
const allowedProperties: ReadonlySet<string> = new Set(
  `${edges} ${boxes} padding-left ${fonts} ${text} ${lines} ${grids}`.split(" "),
);

// A browser reads in a style more than what is written there: escapes, comments within words, functions that fetch. So
// what is allowed has none of them, and of what is not, only a colour's function is sure to do nothing.
function styleFault(style: string): NarrativeFault | undefined {
  if (/[\\@]|\/\*|(?<!\b(?:rgb|hsl)a?)\(|javascript|expression|behaviou?r|binding/i.test(style)) {
    return active("A narrative holds a style that can act or fetch.");
  }
  return style.split(";").every(isAllowedDeclaration)
    ? undefined
    : plain("A narrative holds a style that is no formatting of text or tables.");
}

function isAllowedDeclaration(declaration: string): boolean {
  const colon = declaration.indexOf(":");
  if (colon === -1) return /^[ \t\r\n]*$/.test(declaration);
  if (!allowedProperties.has(declaration.slice(0, colon).trim().toLowerCase())) return false;
  return !/[^A-Za-z0-9#%.,+\-/!'" \t\r\n]/.test(declaration.slice(colon + 1));
}

// What every reader shows; and pictures made of points alone, which can no more act than these. Drawings (SVG, metafiles) can.
const shownPictures: ReadonlySet<string> = new Set(["png", "jpeg", "gif"]);
const otherPictures: ReadonlySet<string> = new Set(
  "webp avif apng bmp x-ms-bmp tiff heic heif jp2 jxl jpg pjpeg x-png x-icon vnd.microsoft.icon".split(" "),
);

const otherPicture: NarrativeFault = {
  code: "narrative-picture",
  text: "A narrative holds a picture of a type that not every reader shows: it is no PNG, JPEG or GIF.",
};

// A page that shows a narrative fetches nothing for it: a picture is in the page, or in the address itself, which is judged
// by the type that it gives.
function pictureFault(value: string): NarrativeFault | undefined {
  if (value.startsWith("#")) return undefined;
  if (!/^data:/i.test(value)) return active("A narrative holds a picture that must be fetched.");
  const type = carriedType(value);
  if (shownPictures.has(type)) return undefined;
  return isPicture(type) ? otherPicture : active("A narrative holds a picture of a type that can act.");
}

function isPicture(type: string): boolean {
  return shownPictures.has(type) || otherPictures.has(type);
}

/** `png` of `data:image/png;base64,...`; empty where there is no picture in the address. */
function carriedType(address: string): string {
  const [, type = ""] = /^data:image\/([a-z0-9.+-]{1,40})[;,]/i.exec(address) ?? [];
  return type.toLowerCase();
}

// Relative addresses and fragments, web and mail addresses. Browsers take a backslash for a slash, and what begins with
// two of them may be a file on another machine.
function isSafeAddress(value: string): boolean {
  // oxlint-disable-next-line no-control-regex -- browsers ignore these inside an address
  const plain = value.replace(/[\u0000-\u0020\u007f-\u009f]/g, "");
  if (plain.includes("\\") || plain.startsWith("//")) return false;
  const scheme = /^([^/?#:]*):/.exec(plain)?.[1];
  return scheme === undefined || /^(?:https?|mailto|tel|urn)$/i.test(scheme) || isPicture(carriedType(plain));
}
