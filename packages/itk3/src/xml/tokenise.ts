// Well-formed XML, and nothing that a FHIR message has no use for: no DOCTYPE, no processing instruction, UTF-8 only,
// XML 1.0 only, at most 64 elements deep. saxes resolves no namespaces here (its resolution is quadratic in depth): the
// declarations below do, each prefix with a stack of its own.
import { SaxesParser } from "saxes";
import { type IssueCode, Refusal } from "../issue.ts";
import { recommendedMaxElements } from "../read/limits.ts";
import { isPlainName } from "./characters.ts";

export interface XmlElement {
  /** Local name; `namespace` is "" where none applies. */
  name: string;
  namespace: string;
  /** True where the name was written with a prefix. */
  prefixed: boolean;
  /** As written, namespace declarations included. */
  attributes: Readonly<Record<string, string>>;
  /** How many: looking through `attributes` takes longer than all else that is done for most elements. */
  attributeCount: number;
  /** Offset of `<` in the text. */
  start: number;
  line: number;
  column: number;
}

export interface XmlHandler {
  open(element: XmlElement): void;
  text(text: string): void;
  cdata(text: string): void;
  comment(text: string): void;
  /** `end` is the offset after the element's last `>`. */
  close(end: number): void;
}

export interface TokeniseOptions {
  /** The root is an element within so many others. */
  outerDepth?: number;
  /** More are refused. */
  maxElements?: number;
}

export const maxDepth = 64;

const lessThan = 0x3c;

const xmlNamespace = "http://www.w3.org/XML/1998/namespace";
const xmlnsNamespace = "http://www.w3.org/2000/xmlns/";

/** A namespace declared and not yet out of scope; the prefix is "" for the default one. */
interface Declaration {
  prefix: string;
  uri: string;
  depth: number;
}

type Parser = Pick<SaxesParser<{ xmlns: false }>, "on" | "write" | "line" | "column" | "position">;

/**
 * saxes names the fields of its handlers by key when they are set. So many of them make V8 keep all fields of the parser
 * in a hash table, and reading takes two and a half times as long: here the fields are there before.
 */
class QuickParser extends (SaxesParser as new (options: { xmlns: false }) => Parser) {
  readonly errorHandler = undefined;
  readonly doctypeHandler = undefined;
  readonly piHandler = undefined;
  readonly xmldeclHandler = undefined;
  readonly attributeHandler = undefined;
  readonly openTagStartHandler = undefined;
  readonly openTagHandler = undefined;
  readonly closeTagHandler = undefined;
  readonly textHandler = undefined;
  readonly cdataHandler = undefined;
  readonly commentHandler = undefined;
}

/** @throws Refusal where `text` is not such XML; whatever the handler throws comes through. */
export function tokenise(text: string, handler: XmlHandler, options: TokeniseOptions = {}): void {
  const { outerDepth = 0, maxElements = recommendedMaxElements } = options;
  const parser = new QuickParser({ xmlns: false });
  let depth = outerDepth;
  let elements = 0;
  let start = 0;
  let line = 1;
  let column = 1;
  const ids = new Set<string>();
  let attributeCount = 0;
  /** Whether an attribute declares a namespace or has a prefix. */
  let isQualified = false;
  /** In the order in which they were declared. */
  const declared: Declaration[] = [];
  const urisOf = new Map<string, string[]>();

  const refuse = (code: IssueCode, reason: string): never => {
    throw new Refusal({
      severity: "error",
      code,
      location: "",
      line: parser.line,
      column: parser.column + 1,
      text: reason,
    });
  };
  const malformed = (reason: string): never => refuse("not-well-formed", `Not well-formed XML: ${reason}.`);

  const lookUp = (prefix: string): string => {
    const found = urisOf.get(prefix)?.at(-1);
    if (found !== undefined) return found;
    if (prefix === "") return "";
    return prefix === "xml" ? xmlNamespace : malformed("a namespace prefix is not declared");
  };

  const declare = (prefix: string, uri: string): void => {
    declared.push({ prefix, uri, depth });
    const uris = urisOf.get(prefix);
    if (uris === undefined) urisOf.set(prefix, [uri]);
    else uris.push(uri);
  };

  const leaveScope = (): void => {
    for (let last = declared.at(-1); last?.depth === depth; last = declared.at(-1)) {
      urisOf.get(last.prefix)?.pop();
      declared.pop();
    }
  };

  const enterScope = (attributes: Readonly<Record<string, string>>): void => {
    for (const name in attributes) {
      if (!name.startsWith("xmlns")) continue;
      const uri = attributes[name] ?? "";
      if (!isUri(uri)) malformed("a namespace is not named by a URI");
      const reserved = uri === xmlnsNamespace;
      if (name === "xmlns") {
        if (reserved || uri === xmlNamespace) malformed("a namespace declaration is wrong");
        declare("", uri);
      } else if (name.startsWith("xmlns:")) {
        const prefix = name.slice(6);
        const misplaced = prefix === "xmlns" || (prefix === "xml") !== (uri === xmlNamespace);
        if (uri === "" || !isPlainName(prefix) || misplaced || reserved) malformed("a namespace declaration is wrong");
        declare(prefix, uri);
      }
    }
  };

  // xml:id, Version 1.0: FHIR has no use for it, but what other parsers refuse is refused.
  const checkId = (id: string): void => {
    if (!isPlainName(id)) malformed("an xml:id is no name");
    if (ids.has(id)) malformed("an xml:id stands twice");
    ids.add(id);
  };

  const checkAttributes = (attributes: Readonly<Record<string, string>>): void => {
    let expanded: Set<string> | undefined;
    for (const name in attributes) {
      const colon = name.indexOf(":");
      if (colon === -1 || name.startsWith("xmlns:")) continue;
      const local = name.slice(colon + 1);
      if (colon === 0 || !isPlainName(local)) malformed("an attribute's name is wrong");
      if (name === "xml:id") checkId(attributes[name] ?? "");
      const full = `${lookUp(name.slice(0, colon))} ${local}`;
      expanded ??= new Set();
      if (expanded.has(full)) malformed("an attribute stands twice");
      expanded.add(full);
    }
  };

  // Where a line ends right behind a tag's name, saxes is in the next one already. Each character is looked at once.
  let looked = 0;
  let passed = 0;
  const columnOf = (offset: number): number => {
    for (; looked < offset; looked += 1) {
      const character = text[looked] ?? "";
      if (character === "\n" || character === "\r") passed = 0;
      else if (character < "\udc00" || character > "\udfff") passed += 1;
    }
    return passed + 1;
  };

  parser.on("error", (error) => malformed(reasonOf(error)));
  parser.on("doctype", () => refuse("doctype", "A DOCTYPE is not allowed in a FHIR message."));
  parser.on("processinginstruction", () =>
    refuse("processing-instruction", "A processing instruction is not allowed in a FHIR message."),
  );
  parser.on("xmldecl", ({ encoding, version }) => {
    if (version !== "1.0") malformed("only XML 1.0 is read");
    if (encoding !== undefined && encoding.toUpperCase() !== "UTF-8") {
      refuse("encoding", "The message declares an encoding other than UTF-8.");
    }
  });
  parser.on("opentagstart", ({ name }) => {
    depth += 1;
    elements += 1;
    if (elements > maxElements) refuse("too-many-elements", `There are more than ${maxElements} elements.`);
    attributeCount = 0;
    isQualified = false;
    if (depth > maxDepth) refuse("too-deep", `Elements are nested more than ${maxDepth} deep.`);
    const back = parser.column - name.length - 1;
    line = back < 0 ? parser.line - 1 : parser.line;
    // A line end that is two characters long may have been read behind the name.
    const behind = parser.position - name.length - 2;
    start = text.charCodeAt(behind) === lessThan ? behind : behind - 1;
    column = back < 0 ? columnOf(start) : Math.max(back, 1);
  });
  parser.on("attribute", ({ name }) => {
    attributeCount += 1;
    if (name.startsWith("xmlns") || name.includes(":")) isQualified = true;
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (isQualified) {
      enterScope(attributes);
      checkAttributes(attributes);
    }
    const colon = name.indexOf(":");
    const local = colon === -1 ? name : name.slice(colon + 1);
    if (colon === 0 || (colon !== -1 && !isPlainName(local))) malformed("an element's name is wrong");
    handler.open({
      name: local,
      namespace: lookUp(colon === -1 ? "" : name.slice(0, colon)),
      prefixed: colon !== -1,
      attributes,
      attributeCount,
      start,
      line,
      column,
    });
  });
  parser.on("text", (found) => handler.text(found));
  parser.on("cdata", (found) => handler.cdata(found));
  parser.on("comment", (found) => handler.comment(found));
  parser.on("closetag", () => {
    handler.close(parser.position);
    leaveScope();
    depth -= 1;
  });
  parser.write(text).close();
}

// RFC 3986, less what no namespace is named by: users, and hosts in brackets.
function isUri(text: string): boolean {
  if (text.length > 2000 || !/^(?:[A-Za-z0-9\-._~:/?#@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/.test(text)) return false;
  const scheme = /^([^:/?#]*):/.exec(text)?.[1];
  if (scheme !== undefined && !/^[A-Za-z][A-Za-z0-9+.-]*$/.test(scheme)) return false;
  const authority = /^[^/?#]*\/\/([^/?#]*)/.exec(text)?.[1] ?? "";
  return /^[^@:]*$|^[^@:]+:\d{1,5}$/.test(authority) && text.indexOf("#") === text.lastIndexOf("#");
}

// saxes says "line:column: reason: what it found". What it found may be anybody's name: it is left out.
function reasonOf(error: Error): string {
  const [, reason = "unreadable"] = /^(?:\d+:\d+: )?([^:]*)/.exec(error.message) ?? [];
  return reason.replace(/\.$/, "");
}
