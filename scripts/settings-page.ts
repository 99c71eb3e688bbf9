// The tables of docs/settings.md, made from the schemas.
import type { JsonSchema } from "@restante/settings";

interface SettingRow {
  /** `mailboxes[].password.file` */
  readonly name: string;
  readonly what: string;
  /** What it may be. */
  readonly values: string;
  /** As YAML; `required`, or empty where nothing is the same as its absence. */
  readonly otherwise: string;
}

/** Above it people write, below it nobody does. */
export const MARK = "<!-- Below: written by `npm run schemas`. -->";

/** The page with a table for each file, below what is written above the mark. */
export function settingsPage(page: string, files: Readonly<Record<string, JsonSchema>>): string {
  const tables = Object.entries(files).map(([name, schema]) => table(name, schema));
  return `${page.slice(0, page.indexOf(MARK))}${MARK}\n\n${tables.join("\n")}`;
}

function table(name: string, schema: JsonSchema): string {
  const rows = settingRows(schema).map((row) => `| \`${row.name}\` | ${row.what} | ${row.values} | ${row.otherwise} |`);
  return [
    `## ${name}.yaml`,
    "",
    "| setting | what | values | default |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

/** Every setting of a file, in the order of its schema. */
function settingRows(schema: JsonSchema, name = ""): SettingRow[] {
  const { required = [], properties = {}, oneOf = [], items, discriminator } = schema;
  const below = name === "" ? "" : `${name}.`;
  const rows: SettingRow[] = [];
  for (const [property, of] of Object.entries(properties)) {
    if (property === "$schema") continue;
    const at = `${below}${property}`;
    rows.push(rowOf(at, of, required.includes(property)));
    if (!isSecret(of)) rows.push(...settingRows(of, at));
  }
  if (items !== undefined) rows.push(...settingRows(items, `${name}[]`));
  if (discriminator !== undefined) for (const kind of oneOf) rows.push(...settingRows(kind, name));
  return rows;
}

/** Where a secret is, is told once for all of them. */
function isSecret({ properties = {} }: JsonSchema): boolean {
  return "env" in properties;
}

function rowOf(name: string, of: JsonSchema, isRequired: boolean): SettingRow {
  return {
    name,
    what: of.description ?? "",
    values: valuesOf(of),
    otherwise: isRequired ? "required" : defaultOf(of),
  };
}

function valuesOf(schema: JsonSchema): string {
  const { type, enum: words, minimum, maximum, format, minItems, items } = schema;
  if (isSecret(schema)) return "[secret](#secrets)";
  if (words !== undefined) return words.map((word) => `\`${String(word)}\``).join(", ");
  if (type === "integer") return `${count(minimum ?? 0)} to ${count(maximum ?? Number.MAX_SAFE_INTEGER)}`;
  if (type === "boolean") return "`true`, `false`";
  if (type === "array") {
    return `list of ${items?.type === "object" ? "objects" : "texts"}${minItems === undefined ? "" : `, at least ${minItems}`}`;
  }
  if (type === "object") return "object";
  return Array.isArray(type)
    ? "text or number"
    : (format ?? "text").replaceAll("-", " ").replace(/\b(?:ods|url|json)\b/, (word) => word.toUpperCase());
}

function defaultOf({ default: otherwise }: JsonSchema): string {
  if (Array.isArray(otherwise)) return otherwise.map((item) => `\`${String(item)}\``).join(", ");
  if (otherwise === undefined || typeof otherwise === "object") return "";
  return `\`${typeof otherwise === "string" ? otherwise : JSON.stringify(otherwise)}\``;
}

function count(number: number): string {
  return number === Number.MAX_SAFE_INTEGER ? "any" : number.toLocaleString("en-GB");
}
