import { readFileSync } from "node:fs";
import { XmlDocument, XmlValidateError, XsdValidator } from "libxml2-wasm";
import { xmlRegisterFsInputProviders } from "libxml2-wasm/lib/nodejs.mjs";
import { referencePath } from "./reference.ts";

/** The schema is that of 3.0.0, the element table that of 3.0.2: these types were corrected between them. */
export const corrected: ReadonlySet<string> = new Set([
  "AdverseEvent",
  "AdverseEvent.suspectEntity",
  "ImagingManifest.study.series.instance",
]);

let validator: XsdValidator | undefined;

/** What HL7's schema of STU3 says against a document: an empty list where it is valid. */
export function schemaFaults(xml: string): string[] {
  validator ??= loadSchema();
  using document = XmlDocument.fromString(xml);
  try {
    validator.validate(document);
    return [];
  } catch (error) {
    if (!(error instanceof XmlValidateError)) throw error;
    return error.details.map(({ line, message }) => `${line}: ${message.trim()}`);
  }
}

function loadSchema(): XsdValidator {
  xmlRegisterFsInputProviders();
  const path = referencePath("xsd", "fhir-single.xsd");
  using schema = XmlDocument.fromBuffer(readFileSync(path), { url: path });
  return XsdValidator.fromDoc(schema);
}
