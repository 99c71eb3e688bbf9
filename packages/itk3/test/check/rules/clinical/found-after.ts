import assert from "node:assert/strict";
import { type Bundle, check, genericDocument, messageOf, type Resource, type stu3 } from "@restante/itk3";
import { genericInput } from "../../../consultation.ts";
import { everySection } from "../../full-document.ts";

const document = {
  type: { code: "371531000", display: "Report" },
  name: "Immunisation",
  encounterType: { code: "11429006", display: "Consultation" },
};
const { bundle } = genericDocument(genericInput({ document, sections: everySection }));

/** The document with every resource, to be changed. */
export interface FullDocument {
  document: Bundle;
  composition: stu3.Composition;
  /** The first resource of a type for which `holds` is true. */
  first: <T extends Resource["resourceType"]>(
    type: T,
    holds?: (resource: Extract<Resource, { resourceType: T }>) => boolean,
  ) => Extract<Resource, { resourceType: T }>;
  /** Puts a resource into the document, and into no section. */
  add: (resource: Resource) => void;
}

/** The ids of what is found after a change, each once. */
export function foundAfter(change: (full: FullDocument) => void): string[] {
  const message = messageOf(structuredClone(bundle));
  const composition = message?.composition;
  const inner = message?.document;
  assert.ok(inner?.entry && composition);
  const entries = inner.entry;
  change({
    document: inner,
    composition,
    first(type, holds = () => true) {
      const found = entries
        .flatMap(({ resource }) => resource ?? [])
        .filter((resource) => resource.resourceType === type)
        .map((resource) => resource as Extract<Resource, { resourceType: typeof type }>)
        .find(holds);
      assert.ok(found);
      return found;
    },
    add(resource) {
      entries.push({ fullUrl: `urn:uuid:${resource.id}`, resource });
    },
  });
  const { findings } = check(message, { generation: 1, useCase: "generic" });
  return [...new Set(findings.map(({ id }) => id))];
}
