import type { DocumentParts, StructuredSection } from "@restante/itk3";
import { genericKinds } from "../build/sections/generic-kinds.ts";
import { onlineKinds } from "../build/sections/online-kinds.ts";

/** Sections that hold every resource Send Document may carry, each as the requirements want it. */
export function everySection(parts: DocumentParts): StructuredSection[] {
  return Object.values({ ...onlineKinds, ...genericKinds }).flatMap(({ full }) => full(parts));
}
