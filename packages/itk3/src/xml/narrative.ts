// What a narrative may hold: the formatting elements of XHTML that FHIR allows (hl7.org/fhir/STU3/narrative.html, txt-1).
// Two kinds of fault: content that could act (a script, an event attribute, a javascript: address) refuses the whole
// message; anything else outside the list costs the narrative only.

const structure = "div p br hr h1 h2 h3 h4 h5 h6 blockquote pre address ul ol li dl dt dd";
const phrase = "a span b em i strong small big tt dfn q var abbr acronym cite code samp kbd sub sup bdo img map area";
const tables = "table caption colgroup col thead tfoot tbody tr th td";
const allowedElements: ReadonlySet<string> = new Set(`${structure} ${phrase} ${tables}`.split(" "));

const common = "id class style title lang xml:lang dir accesskey tabindex xmlns";
const links = "href name rel rev charset hreflang type shape coords cite";
const images = "src alt longdesc height width usemap ismap border nohref";
const cells =
  "span align valign char charoff abbr axis headers scope rowspan colspan summary frame rules cellspacing cellpadding";
const allowedAttributes: ReadonlySet<string> = new Set(`${common} ${links} ${images} ${cells} xml:space`.split(" "));

const activeElements: ReadonlySet<string> = new Set(
  "script iframe frame frameset object embed applet form input button select textarea base link meta svg math video audio".split(
    " ",
  ),
);
const addresses: ReadonlySet<string> = new Set(["href", "src", "cite", "longdesc", "usemap"]);

export interface NarrativeFault {
  /** `narrative` costs the narrative; with the others the whole message is refused. */
  code: "active-content" | "too-deep" | "narrative";
  text: string;
}

/** The worst of what is wrong with one element; undefined where nothing is. */
export function narrativeFault(name: string, attributes: Readonly<Record<string, string>>): NarrativeFault | undefined {
  if (activeElements.has(name.toLowerCase())) return active("A narrative holds an element that can act.");
  let worst = allowedElements.has(name) ? undefined : plain("A narrative holds an element that FHIR does not allow.");
  for (const attribute in attributes) {
    const fault = attributeFault(attribute, attributes[attribute] ?? "");
    if (fault?.code === "active-content") return fault;
    worst ??= fault;
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
  if (/^on/i.test(attribute)) return active("A narrative holds an event attribute.");
  if (addresses.has(attribute.toLowerCase()) && !isSafeAddress(value)) {
    return active("A narrative holds an address of a kind that can act.");
  }
  if (attribute === "style" && /expression|javascript|url\s*\(|@import|\\|behaviou?r/i.test(value)) {
    return active("A narrative holds a style that can act or fetch.");
  }
  return allowedAttributes.has(attribute)
    ? undefined
    : plain("A narrative holds an attribute that FHIR does not allow.");
}

// Relative addresses and fragments, web and mail addresses, and pictures carried in the address itself.
function isSafeAddress(value: string): boolean {
  // oxlint-disable-next-line no-control-regex -- browsers ignore these inside an address
  const plain = value.replace(/[\u0000-\u0020\u007f-\u009f]/g, "").slice(0, 64);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(plain)?.[1]?.toLowerCase();
  if (scheme === undefined) return !plain.slice(0, plain.search(/[/?#]|$/)).includes(":");
  return /^(?:https?|mailto|tel|urn)$/.test(scheme) || /^data:image\/(?:png|jpeg|gif)[;,]/i.test(plain);
}
