import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { XmlDocument, type XmlElement } from "libxml2-wasm";
import { resourceDefinition, type TypeDefinition, typeDefinition } from "../../src/stu3/element-table.ts";
import { elementTable } from "../../src/stu3/table.ts";
import { referencePath, withoutReference } from "../reference.ts";
import { corrected } from "../schema.ts";

test("the element table says what HL7's schema says of every type", { skip: withoutReference }, () => {
  using schema = XmlDocument.fromBuffer(readFileSync(referencePath("xsd", "fhir-single.xsd")));
  const named = new Map<string, XmlElement>();
  for (const node of schema.root.find("/xs:schema/xs:complexType", spaces) as XmlElement[]) {
    named.set(node.attr("name")?.value ?? "", node);
  }
  const codes = codeLists(schema);
  const schemaName = (path: string): string => schemaNameOf(path, named);
  const ours = [...elementTable.matchAll(/^(?:resource|datatype) (\S+)/gm)].map(([, name = ""]) => name);
  assert.ok(ours.length > 400);
  for (const name of ours) {
    if (corrected.has(name)) continue;
    const definition = typeDefinition(name);
    assert.ok(definition);
    const type = named.get(schemaName(name));
    assert.ok(type, `the schema has no ${name}`);
    const expected = schemaElements(type, codes).map((line) => unlisted[`${name}.${line}`] ?? line);
    assert.deepEqual(ownElements(definition, schemaName), expected, name);
  }
});

test("every resource of the table is reachable, and nothing else is a resource", () => {
  assert.ok(resourceDefinition("Patient"));
  assert.equal(resourceDefinition("DomainResource"), undefined);
  assert.equal(resourceDefinition("HumanName"), undefined);
  assert.equal(resourceDefinition("constructor"), undefined);
});

const spaces = { xs: "http://www.w3.org/2001/XMLSchema" };

/** Required code lists of FHIR (its page of data types) that the schema does not name. */
const unlisted: Readonly<Record<string, string>> = {
  "Timing.repeat.dayOfWeek 0..* code": "dayOfWeek 0..* code: fri mon sat sun thu tue wed",
  "ParameterDefinition.use 1..1 code": "use 1..1 code: in out",
};

/** Lists of the names of every type, which the schema does not have. */
const namesOfTypes: ReadonlySet<string> = new Set(["DataRequirement.type", "ParameterDefinition.type"]);

// The schema names a backbone element by its resource and its last part, with a number where two share it: what the
// element's parent says that it is.
function schemaNameOf(path: string, named: ReadonlyMap<string, XmlElement>): string {
  const end = path.lastIndexOf(".");
  if (end === -1) return path;
  const parent = named.get(schemaNameOf(path.slice(0, end), named));
  const element = parent?.get(`.//xs:element[@name='${path.slice(end + 1)}']`, spaces) as XmlElement | null | undefined;
  return element?.attr("type")?.value ?? "";
}

// Name, cardinality, type and codes: one line an element, those of a parent left out.
function ownElements(definition: TypeDefinition, schemaName: (path: string) => string): string[] {
  const row = new RegExp(`^(?:resource|datatype) ${definition.name.replaceAll(".", "\\.")}(?: < (\\S+))?$`, "m");
  const parent = row.exec(elementTable)?.[1];
  const elders = parent === undefined ? [] : (typeDefinition(parent)?.elements ?? []);
  const inherited = new Set(elders.map(({ name }) => name));
  return definition.elements
    .filter(({ name, attribute }) => !inherited.has(name) && !attribute)
    .map(({ name, required, repeating, type, choice, codes }) => {
      const kind = choice === undefined ? "" : " of a choice";
      const isListed = codes !== undefined && !namesOfTypes.has(`${definition.name}.${name}`);
      const list = !isListed ? "" : `: ${[...codes].toSorted().join(" ")}`;
      return `${name} ${required ? 1 : 0}..${repeating ? "*" : 1}${kind} ${plainType(schemaName(type))}${list}`;
    });
}

function schemaElements(type: XmlElement, codes: ReadonlyMap<string, string>): string[] {
  return (type.find(".//xs:element", spaces) as XmlElement[]).map((element) => {
    const name = element.attr("name")?.value ?? element.attr("ref")?.value.replace("xhtml:", "") ?? "";
    const { parent } = element;
    const choice = parent?.name === "choice" ? parent : undefined;
    const least = (choice ?? element).attr("minOccurs")?.value ?? "1";
    const most = (choice ?? element).attr("maxOccurs")?.value === "unbounded" ? "*" : "1";
    const typeName = element.attr("type")?.value ?? "xhtml";
    const list = codes.get(typeName);
    return `${name} ${least}..${most}${choice === undefined ? "" : " of a choice"} ${list ?? plainType(typeName)}`;
  });
}

/** The code lists of the schema: `code: a b c` by the name of the type that stands for each. */
function codeLists(schema: XmlDocument): Map<string, string> {
  const lists = new Map<string, string>();
  for (const list of schema.root.find("/xs:schema/xs:simpleType[contains(@name, '-list')]", spaces) as XmlElement[]) {
    const values = (list.find(".//xs:enumeration", spaces) as XmlElement[]).map(
      (item) => item.attr("value")?.value ?? "",
    );
    lists.set((list.attr("name")?.value ?? "").replace(/-list$/, ""), `code: ${values.toSorted().join(" ")}`);
  }
  return lists;
}

// What SampledData may be written with is left to its reader.
function plainType(type: string): string {
  if (type === "SampledDataDataType") return "string";
  if (type === "Resource" || type === "ResourceContainer") return "any resource";
  return type;
}
