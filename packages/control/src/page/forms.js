// A form made from the JSON Schema of a verb's input, so that the page can do whatever the server can, and nothing else.

import { element } from "./elements.js";

let made = 0;

/** A form for an object schema; `read()` gives what is filled in, without what is left empty. */
export function formOf(schema) {
  // Without a discriminator it says only which properties go together: the server tells what is wrong with them.
  return schema.discriminator === undefined ? fieldsOf(schema, {}) : variantsOf(schema);
}

/** One of several objects, told apart by one word: choosing it shows the fields of that kind. */
function variantsOf({ oneOf, discriminator }) {
  const by = discriminator.propertyName;
  const kinds = new Map(oneOf.map((kind) => [wordOf(kind.properties[by]), kind]));
  const fields = element("div", {});
  let chosen = fieldsOf(oneOf[0], { [by]: true });
  const choice = element(
    "select",
    {
      id: nextId(),
      onchange() {
        chosen = fieldsOf(kinds.get(choice.value), { [by]: true });
        fields.replaceChildren(chosen.element);
      },
    },
    ...[...kinds.keys()].map((word) => element("option", { value: word }, word)),
  );
  fields.replaceChildren(chosen.element);
  const label = element("label", { for: choice.id }, by);
  return {
    element: element("div", {}, element("div", { className: "field" }, label, choice), fields),
    read: () => ({ [by]: choice.value, ...chosen.read() }),
  };
}

function wordOf(schema) {
  return schema.const ?? schema.enum[0];
}

function fieldsOf({ properties = {}, required = [] }, without) {
  const fields = Object.entries(properties)
    .filter(([name]) => without[name] !== true)
    .toSorted(([one], [other]) => Number(required.includes(other)) - Number(required.includes(one)))
    .map(([name, schema]) => fieldOf(name, schema, required.includes(name)));
  return {
    element: element("div", { className: "fields" }, ...fields.map((field) => field.element)),
    read: () =>
      Object.fromEntries(fields.map((field) => [field.name, field.read()]).filter(([, value]) => value !== undefined)),
  };
}

function fieldOf(name, schema, isRequired) {
  if (schema.type === "object") return groupOf(name, schema);
  const id = nextId();
  const hint = schema.description === undefined ? undefined : `${id}-hint`;
  const input = inputOf(schema, { id, required: isRequired, "aria-describedby": hint });
  return {
    name,
    element: element(
      "div",
      { className: "field" },
      element("label", { for: id }, isRequired ? name : `${name} (optional)`),
      input,
      hint && element("p", { id: hint, className: "hint" }, schema.description),
    ),
    read: () => readInput(input, schema),
  };
}

function groupOf(name, schema) {
  const fields = fieldsOf(schema, {});
  return {
    name,
    element: element("fieldset", {}, element("legend", {}, name), fields.element),
    read() {
      const value = fields.read();
      return Object.keys(value).length === 0 ? undefined : value;
    },
  };
}

function inputOf(schema, properties) {
  if (schema.type === "boolean") return select(["", "true", "false"], properties);
  if (schema.enum !== undefined) return select(properties.required ? schema.enum : ["", ...schema.enum], properties);
  if (schema.type === "integer" || schema.type === "number") {
    const { minimum: min, maximum: max } = schema;
    return element("input", { type: "number", min, max, step: schema.type === "integer" ? 1 : "any", ...properties });
  }
  if (schema.type === "array" || isLong(schema)) return element("textarea", { rows: 3, ...properties });
  return element("input", { type: "text", autocomplete: "off", spellcheck: "false", ...properties });
}

function isLong({ maxLength = 0 }) {
  return maxLength > 10_000;
}

function select(words, properties) {
  return element("select", properties, ...words.map((word) => element("option", { value: word }, word)));
}

function readInput(input, schema) {
  const text = input.value;
  if (text === "") return undefined;
  if (schema.type === "boolean") return text === "true";
  if (schema.type === "integer" || schema.type === "number") return Number(text);
  if (schema.type === "array")
    return text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  const word = schema.enum?.find((each) => String(each) === text);
  return word ?? text;
}

function nextId() {
  made += 1;
  return `field-${made}`;
}
