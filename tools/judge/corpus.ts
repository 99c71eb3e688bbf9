// Writes messages to hold the two against each other over: all that our builders build, and what one change makes of it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Bundle,
  genericDocument,
  onlineConsultation,
  writeJson,
  writeXml,
} from "../../packages/itk3/src/index.ts";
import type { Resource } from "../../packages/itk3/src/stu3/types.ts";
import { genericKinds } from "../../packages/itk3/test/build/sections/generic-kinds.ts";
import { onlineKinds } from "../../packages/itk3/test/build/sections/online-kinds.ts";
import { cardinalityMutants, targetMutants } from "../../packages/itk3/test/check/document-mutants.ts";
import { invariantMutants } from "../../packages/itk3/test/check/invariant-mutants.ts";
import { xmlWriter } from "../../packages/itk3/test/check/mutant-text.ts";
import { nameOf } from "../../packages/itk3/test/check/mutant.ts";
import { type Mutant, mutantsOf } from "../../packages/itk3/test/check/mutate.ts";
import { fullDocuments, plainSubjects, subjects } from "../../packages/itk3/test/check/subjects.ts";
import { consultation, genericInput } from "../../packages/itk3/test/consultation.ts";

const document = {
  name: "Clinic",
  type: { code: "371531000", display: "Report of clinical encounter" },
  encounterType: { code: "11429006", display: "Consultation" },
};

const folder = process.argv[2];
if (folder === undefined || folder.startsWith("-")) {
  process.stderr.write(
    "npm run corpus -- FOLDER writes messages to FOLDER/built, FOLDER/mutants and FOLDER/generated.\n",
  );
  process.exitCode = 2;
} else {
  const built = [...named(), ...ofEveryKind()];
  for (const [name, bundle] of built) {
    write("built", `${name}.xml`, writeXml(bundle));
    write("built", `${name}.json`, writeJson(bundle));
  }
  let mutants = 0;
  for (const [name, { how, path, value }] of changed()) {
    const text = writable(value);
    if (text === undefined) continue;
    mutants += 1;
    write(join("mutants", wordOf(name)), `${how}-${path.filter((key) => key !== "resource").join(".")}.xml`, text);
  }
  let generated = 0;
  for (const [name, text] of ofTheTable()) {
    generated += 1;
    write("generated", `${generated}-${name}.xml`, text);
  }
  process.stdout.write(
    `${built.length} messages, as XML and as JSON, ${mutants} mutants of them, and ${generated} that the element table makes are in ${folder}.\n`,
  );
}

/** Every use case in both generations, as small as it comes and with every resource that may be sent, and the responses. */
function* named(): Generator<[string, Bundle]> {
  for (const { name, bundle } of plainSubjects()) yield [`plain ${name}`, bundle];
  for (const { name, bundle } of subjects()) yield [`full ${name}`, bundle];
}

/** Every kind of section, in full and with no more than is demanded, in every document that it may be in. */
function* ofEveryKind(): Generator<[string, Bundle]> {
  for (const generation of [1, 2] as const) {
    for (const [name, kind] of Object.entries({ ...onlineKinds, ...genericKinds })) {
      for (const how of ["full", "least"] as const) {
        const sections = kind[how];
        yield [
          `generic ${generation} ${name} ${how}`,
          genericDocument(genericInput({ generation, document, sections })).bundle,
        ];
        if (!(name in onlineKinds)) continue;
        yield [
          `online ${generation} ${name} ${how}`,
          onlineConsultation(consultation({ generation, sections })).bundle,
        ];
      }
    }
  }
}

/** Each message as small as it comes, changed everywhere; each kind of section in full, changed in the resources that it brings. */
function* changed(): Generator<[string, Mutant<Bundle>]> {
  for (const { name, bundle } of plainSubjects()) {
    for (const mutant of mutantsOf(bundle)) yield [name, mutant];
  }
  const plain = resourcesOf(genericDocument(genericInput({ document })).bundle);
  const everywhere = new Set(plain.map((one) => one?.resourceType));
  for (const [name, { full }] of Object.entries({ ...onlineKinds, ...genericKinds })) {
    const { bundle } = genericDocument(genericInput({ document, sections: full }));
    const within = resourcesOf(bundle);
    for (const mutant of mutantsOf(bundle)) {
      const [, outer, , , inner, ...rest] = mutant.path;
      const isOfSection = outer === 2 && rest.length > 0 && !everywhere.has(within[Number(inner)]?.resourceType);
      if (isOfSection) yield [name, mutant];
    }
  }
}

/** One document with every resource that may be sent, changed in each place in which the table or an invariant says something. */
function* ofTheTable(): Generator<[string, string]> {
  const full = fullDocuments().find(({ options }) => options.useCase === "generic" && options.generation === 2);
  if (full === undefined) return;
  const { bundle, options } = full;
  const textOf = xmlWriter();
  for (const mutants of [cardinalityMutants(bundle), targetMutants(bundle, options), invariantMutants(bundle)]) {
    for (const mutant of mutants)
      yield [
        nameOf(mutant)
          .replaceAll(/[^\w.-]+/g, "-")
          .slice(0, 150),
        textOf(mutant.value),
      ];
  }
}

/** What the document of a message holds. */
function resourcesOf({ entry = [] }: Bundle): (Resource | undefined)[] {
  const held = entry.find(({ resource }) => resource?.resourceType === "Bundle")?.resource as Bundle | undefined;
  return (held?.entry ?? []).map(({ resource }) => resource);
}

// What cannot be written never reaches a reader.
function writable(bundle: Bundle): string | undefined {
  try {
    return writeXml(bundle);
  } catch {
    return undefined;
  }
}

function write(within: string, name: string, text: string): void {
  const target = join(folder ?? "", within);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, wordOf(name)), text);
}

function wordOf(name: string): string {
  return name.replaceAll(" ", "-");
}
