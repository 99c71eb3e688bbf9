import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bundle, check, messageOf, type Resource, type stu3 } from "@restante/itk3";
import { type ElementDefinition, type TypeDefinition, typeDefinition } from "../../src/stu3/element-table.ts";
import { everyResource } from "../stu3/arbitrary.ts";
import { plainSubjects } from "./subjects.ts";

interface Place {
  /** `participant.individual` */
  path: string;
  targets: ReadonlySet<string>;
  /** The element of the resource that holds nothing but this reference. */
  holding: (reference: stu3.Reference) => Record<string, unknown>;
}

/** Every place of a type at which STU3 says to what a reference may lead; a type within itself is looked at once. */
function placesIn(type: TypeDefinition, within: readonly string[] = [type.name]): Place[] {
  return type.elements.flatMap((element): Place[] => {
    const { name, targets, kind } = element;
    if (targets !== undefined) {
      return [{ path: name, targets, holding: (reference) => ({ [name]: held(element, reference) }) }];
    }
    const definition = kind === "complex" && !within.includes(element.type) ? typeDefinition(element.type) : undefined;
    // What an extension may hold is of a type that others have too.
    if (definition === undefined || definition.name === "Extension") return [];
    return placesIn(definition, [...within, definition.name]).map(({ path, holding, targets: allowed }) => ({
      targets: allowed,
      path: `${name}.${path}`,
      holding: (reference) => ({ [name]: held(element, holding(reference)) }),
    }));
  });
}

const held = ({ repeating }: ElementDefinition, value: unknown): unknown => (repeating ? [value] : value);

const names = everyResource.map(({ name }) => name);
const idOf = (name: string): string => `of-${name}`;
/** One resource of every type, for references to lead to. */
const led = names.map((name) => ({ resourceType: name, id: idOf(name) }) as Resource);

/** At how many places a document with these resources is wrong, held against FHIR alone. */
function wrongPlaces(resources: readonly Resource[]): number {
  const entry = [...led, ...resources].map((resource) => ({ resource }));
  const document: Bundle = { resourceType: "Bundle", id: "d", type: "document", entry };
  const header: Resource = { resourceType: "MessageHeader", focus: [{ reference: "Bundle/d" }] };
  const message = messageOf({ resourceType: "Bundle", entry: [{ resource: header }, { resource: document }] });
  assert.ok(message);
  return check(message, { useCase: "response" }).findings.filter(({ id }) => id === "FHIR:target").length;
}

/** References of a Bundle lead to its own entries. */
const resourceWith = ({ name }: TypeDefinition, { holding }: Place, target: string): Resource =>
  ({
    resourceType: name,
    ...(name === "Bundle" ? { entry: led.map((resource) => ({ resource })) } : {}),
    ...holding({ reference: `${target}/${idOf(target)}` }),
  }) as Resource;

test("every reference of every resource is held against the types that STU3 lets it lead to, each of them", () => {
  let places = 0;
  for (const type of everyResource) {
    for (const place of placesIn(type)) {
      places += 1;
      const right = [...place.targets].map((target) => resourceWith(type, place, target));
      assert.equal(wrongPlaces(right), 0, `${type.name}.${place.path}`);
      const other = names.find((name) => !place.targets.has(name)) ?? "";
      assert.equal(wrongPlaces([resourceWith(type, place, other)]), 1, `${type.name}.${place.path}`);
    }
  }
  assert.ok(places > 800, `${places} places`);
});

test("a reference to a resource of a wrong type is told of once, by the requirement that it lead elsewhere", () => {
  const idsAfter = (
    useCase: string,
    change: (message: NonNullable<ReturnType<typeof messageOf>>) => void,
  ): string[] => {
    const subject = plainSubjects().find(({ name }) => name === useCase);
    assert.ok(subject);
    const message = messageOf(structuredClone(subject.bundle));
    assert.ok(message);
    change(message);
    const again = messageOf(message.bundle);
    assert.ok(again);
    return check(again, subject.options).findings.map(({ id }) => id);
  };
  const toDocument: Parameters<typeof idsAfter>[1] = ({ header, document }) =>
    void (header.sender = { reference: `urn:uuid:${document?.id}` });
  assert.deepEqual(idsAfter("consultation-summary 1.x", toDocument), ["GPCM-SD-CS-049"]);
  assert.deepEqual(idsAfter("consultation-summary 2.x", toDocument), ["FHIR:target"]);
});
