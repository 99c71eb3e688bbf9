import type { Resource } from "../stu3/types.ts";

/** One section of the Composition. Each resource has an id, a profile in its meta, and goes into the document. */
export interface StructuredSection {
  title: string;
  resources: readonly Resource[];
}
