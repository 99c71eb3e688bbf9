// A resource that STU3 does not know, as a piece of XML that says the same wherever the namespace of FHIR is the default.
import { Refusal } from "../issue.ts";
import { mayBeTypeName } from "../stu3/opaque.ts";
import { tokenise, type XmlElement, type XmlHandler } from "./tokenise.ts";

export const fhirNamespace = "http://hl7.org/fhir";

/** What is written of an element of FHIR's namespace; its own prefix is declared, if that was done further out. */
export function opaqueXml(written: string): string | undefined {
  if (isOpaqueXml(written)) return written;
  const [head = "", prefix = ""] = /^<([^\s:/>]+):[^\s/>]+/.exec(written) ?? [];
  const declared = `${head} xmlns:${prefix}="${fhirNamespace}"${written.slice(head.length)}`;
  return prefix !== "" && isOpaqueXml(declared) ? declared : undefined;
}

/** Whether it is one element of FHIR's namespace, of that name where it is given, at most 64 deep with those around it. */
export function isOpaqueXml(text: string, name?: string, outerDepth = 0): boolean {
  let roots = 0;
  let depth = 0;
  let isOne = true;
  const handler: XmlHandler = {
    open(element: XmlElement) {
      depth += 1;
      // The first is what it stands in here.
      if (depth !== 2) return;
      roots += 1;
      const isNamed = name === undefined ? mayBeTypeName(element.name) : element.name === name;
      isOne &&= element.namespace === fhirNamespace && isNamed;
    },
    text() {
      isOne &&= depth > 1;
    },
    cdata() {
      isOne &&= depth > 1;
    },
    comment() {},
    instruction() {},
    close() {
      depth -= 1;
    },
  };
  try {
    tokenise(`<resource xmlns="${fhirNamespace}">${text}</resource>`, handler, { outerDepth });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return false;
  }
  return isOne && roots === 1;
}
