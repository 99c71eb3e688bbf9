// Writes docs/schemas/, the JSON Schemas of the files that people write, the tables of docs/settings.md, and that of
// docs/java-client.md, all as the code checks and reads them: `npm run schemas`.
import { readFileSync, writeFileSync } from "node:fs";
import { publishedSchemas } from "../packages/cli/src/config/schemas.ts";
import { javaClientPage } from "./java-client-page.ts";
import { settingsPage } from "./settings-page.ts";

const schemas = publishedSchemas();
for (const [name, schema] of Object.entries(schemas)) {
  writeFileSync(`docs/schemas/${name}.schema.json`, `${JSON.stringify(schema, undefined, 2)}\n`);
}
const { server, client, practice } = schemas;
const page = "docs/settings.md";
writeFileSync(page, settingsPage(readFileSync(page, "utf8"), { server, client, practice }));

const javaClient = "docs/java-client.md";
writeFileSync(javaClient, javaClientPage(readFileSync(javaClient, "utf8")));
