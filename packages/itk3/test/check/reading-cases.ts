// By what reading notices: a message in which it does, and one that comes near it, in which it does not.
import { Buffer } from "node:buffer";
import { consultationSummary, readMessage, type ReadOptions, type ReadResult } from "@restante/itk3";
import type { IssueCode } from "../../src/issue.ts";
import { consultation } from "../consultation.ts";

const valid = consultationSummary(consultation()).xml;
const bytes = Buffer.from(valid);
const bundle = '<Bundle xmlns="http://hl7.org/fhir">';
const type = '<type value="message"/>';

const read = (xml: string | Uint8Array, options: ReadOptions = {}): ReadResult =>
  readMessage(typeof xml === "string" ? Buffer.from(xml) : xml, options);
/** The valid message with something else for the first of what it holds. */
const having = (held: string | RegExp, instead: string): ReadResult => read(valid.replace(held, instead));
const within = (content: string, options?: ReadOptions): ReadResult => read(`${bundle}${content}</Bundle>`, options);
const nested = (depth: number): string => "<item>".repeat(depth) + "</item>".repeat(depth);

export const readingCases: Readonly<Record<IssueCode, readonly [noticed: () => ReadResult, near: () => ReadResult]>> = {
  "too-large": [() => read(bytes, { maxBytes: bytes.length - 1 }), () => read(bytes, { maxBytes: bytes.length })],
  empty: [() => read(""), () => read(" ")],
  encoding: [() => read(Buffer.from(valid, "latin1")), () => read(`\uFEFF${valid}`)],
  "not-well-formed": [() => read(valid.slice(0, -20)), () => read(`${valid}\n`)],
  doctype: [() => read(`<!DOCTYPE Bundle>${valid}`), () => read(`<!-- DOCTYPE Bundle -->${valid}`)],
  "outer-space": [() => having(type, '<type value=" message"/>'), () => having('<title value="', '<title value=" ')],
  "narrative-content": [
    () => having("<p>", "<p><ul><li>x</li></ul>"),
    () => having("<p>", "<ul><li><p>x</p></li></ul><p>"),
  ],
  "narrative-picture": [
    () => having("<p>", '<img src="data:image/webp;base64,AAAA" alt="x"/><p>'),
    () => having("<p>", '<img src="data:image/png;base64,AAAA" alt="x"/><p>'),
  ],
  "processing-instruction": [() => having(type, `<?x y?>${type}`), () => read(`<?xml version="1.0"?>${valid}`)],
  "too-deep": [() => within(nested(64)), () => within(nested(63))],
  "too-many-elements": [
    () => within("<item/>".repeat(100), { maxBytes: 1000 }),
    () => within("<item/>".repeat(50), { maxBytes: 1000 }),
  ],
  "wrong-root": [
    () => read('<MolecularSequence xmlns="http://hl7.org/fhir"/>'),
    () => read('<Patient xmlns="http://hl7.org/fhir"/>'),
  ],
  "active-content": [() => having("<p>", "<script>x</script><p>"), () => having("<p>", "<b>script</b><p>")],
  "not-a-message": [() => within(type), () => read(valid)],
  namespace: [
    () => having("<type value", '<type xmlns="urn:x" value'),
    () => having("<type value", '<type xmlns="http://hl7.org/fhir" value'),
  ],
  "unknown-resource": [
    () => read(valid.replaceAll(/(<\/?)Encounter>/g, "$1Meeting>")),
    () => read(valid.replaceAll(/(<\/?)Encounter>/g, "$1EpisodeOfCare>")),
  ],
  "unknown-element": [
    () => having("</meta>", '</meta><kind value="x"/>'),
    () => having("</meta>", '</meta><language value="en"/>'),
  ],
  "unknown-attribute": [
    () => having("<type value", '<type kind="x" value'),
    () => having("<type value", '<type id="x" value'),
  ],
  "unexpected-text": [() => having("<entry>", "<entry>x"), () => having("<entry>", "<entry><!-- x -->")],
  "wrong-order": [
    () => having("</meta>", '</meta><language value="en"/><implicitRules value="urn:x"/>'),
    () => having("</meta>", '</meta><implicitRules value="urn:x"/><language value="en"/>'),
  ],
  "missing-element": [() => having(type, ""), () => having(/<meta>[^]*?<\/meta>/, "")],
  "too-many": [() => having(type, type + type), () => having(/<profile .*?\/>/, "$&$&")],
  "empty-element": [
    () => having(type, "<type/>"),
    () => having(type, '<type><extension url="urn:x"><valueString value="x"/></extension></type>'),
  ],
  "bad-value": [
    () => having(/<timestamp value=".*?"/, '<timestamp value="2026-01-05T10:30:00"'),
    () => having(/<timestamp value=".*?"/, '<timestamp value="2026-01-05T10:30:00Z"'),
  ],
  "bad-code": [
    () => having('<status value="final"/>', '<status value="finished"/>'),
    () => having('<status value="final"/>', '<status value="amended"/>'),
  ],
  narrative: [() => having("<p>", "<section>x</section><p>"), () => having("<p>", "<h2>x</h2><p>")],
  "too-many-issues": [
    () => having(type, type + '<kind value="x"/>'.repeat(2000)),
    () => having(type, type + '<kind value="x"/>'.repeat(20)),
  ],
};
