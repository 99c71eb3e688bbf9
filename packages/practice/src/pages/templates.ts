import { fileURLToPath } from "node:url";
import { formatNhsNumber, isNhsNumber } from "@restante/mesh";
import nunjucks from "nunjucks";
import * as words from "./words.ts";

export type Render = (view: string, context: object) => string;

/**
 * The pages' templates. Everything put into them is escaped unless a template says otherwise, and none does with what
 * came from outside. The paths hold from src/ and from dist/, because the package carries both.
 */
export function createTemplates(globals: Readonly<Record<string, unknown>>): Render {
  const views = fileURLToPath(new URL("../../src/pages/views/", import.meta.url));
  const nhsuk = fileURLToPath(new URL("dist/", import.meta.resolve("nhsuk-frontend/package.json")));
  const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader([views, nhsuk]), {
    autoescape: true,
    trimBlocks: true,
    lstripBlocks: true,
  });
  for (const [name, value] of Object.entries({ ...globals, words })) environment.addGlobal(name, value);
  environment.addFilter("time", (moment: Date) => words.time(moment));
  environment.addFilter("iso", (moment: Date) => moment.toISOString());
  environment.addFilter("count", (count: number) => count.toLocaleString("en-GB"));
  environment.addFilter("bytes", (bytes: number) => words.size(bytes));
  environment.addFilter("date", (isoDate: string) => words.date(isoDate));
  environment.addFilter("first_of", (list: readonly unknown[], count: number) => list.slice(0, count));
  environment.addFilter("nhsNumber", (number: string) => (isNhsNumber(number) ? formatNhsNumber(number) : number));
  return (view, context) => environment.render(`${view}.njk`, context);
}
