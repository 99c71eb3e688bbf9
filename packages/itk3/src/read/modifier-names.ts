/** The elements by which FHIR lets a sender change what another element means. */
export type ModifierName = "implicitRules" | "modifierExtension";

export function isModifierName(name: string): name is ModifierName {
  return name === "implicitRules" || name === "modifierExtension";
}
