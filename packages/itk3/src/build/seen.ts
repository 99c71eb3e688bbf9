// What is known of a document when all its entries are there: where references lead, and what is asked of such a document.
import type { RequirementNumbers } from "../check/rule.ts";
import type { Place } from "../input/problems.ts";
import { isRecord, isThere, type Shape } from "../input/shapes.ts";
import { typeDefinition } from "../stu3/element-table.ts";
import type { Reference, Resource } from "../stu3/types.ts";
import { tellUnfit } from "./tell-unfit.ts";

export type ResourceType = Resource["resourceType"];

export interface Seen {
  /**
   * What a reference leads to in the document. `unknown`: to an entry of a section that is wrong itself, which is all that
   * is to be told. Undefined: to nothing in the document.
   */
  find: (reference: string) => ResourceType | "unknown" | undefined;
  /** The id under which a requirement is asked of such a document; undefined where it is not asked. */
  asks: (numbers: RequirementNumbers) => string | undefined;
  isPatient: (reference: string) => boolean;
  /** The entry itself, of a section of the document. */
  entry: (reference: string) => Resource | undefined;
}

/** Asks something when the document is known. */
export function later(at: Place, look: (seen: Seen) => void): void {
  at.later((seen) => {
    look(seen as Seen);
  });
}

interface Target {
  types: readonly ResourceType[];
  /** Where it is asked that it leads to one of them in the document. */
  numbers: RequirementNumbers;
}

/** A reference that leads to something in the document, or out of the message. */
export function reference(target?: Target): Shape {
  return (value, at) => {
    if (!isThere(value, at)) return;
    const type = typeDefinition("Reference");
    if (!isRecord(value) || type === undefined) return at.tell("must be a reference, such as those of parts");
    if (Object.keys(value).length === 0) return at.tell("is a reference to nothing");
    tellUnfit(type, value, at);
    if (at.isRight()) later(at, (seen) => lead(value, at, seen, target));
  };
}

function lead({ reference: to }: Reference, at: Place, seen: Seen, target: Target | undefined): void {
  const found = to === undefined ? undefined : seen.find(to);
  if (found === "unknown") return;
  // `#` alone is the resource that the reference stands in.
  const isElsewhere = to === undefined || /^https?:/.test(to) || to === "#";
  if (found === undefined && !isElsewhere) return at.tell("leads to what is not in the document");
  const id = target === undefined ? undefined : seen.asks(target.numbers);
  if (target === undefined || id === undefined) return;
  if (found === undefined || !target.types.includes(found)) {
    at.tell(`must lead to an entry of the document of type ${target.types.join(" or ")}`, id);
  }
}
