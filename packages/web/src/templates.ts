import { fileURLToPath } from "node:url";
import nunjucks from "nunjucks";
import { formatDate, formatDay, formatHour, formatMoment, formatSize, formatTime } from "./format.ts";
import { withoutLogo } from "./without-logo.ts";

export type Render = (view: string, context: object) => string;

export interface TemplateOptions {
  /** The folder of the site's own templates. */
  views: URL;
  globals: Readonly<Record<string, unknown>>;
  filters: Readonly<Record<string, (value: never, ...more: never[]) => unknown>>;
}

/**
 * A site's templates. They find the layout and what many pages have under `web/`, and the design system under `nhsuk/`.
 * Everything put into them is escaped unless a template says otherwise, and none may with what came from outside: of the
 * design system's macros, parameters named `text` are escaped, those named `html` are not.
 */
export function createTemplates({ views, globals, filters }: TemplateOptions): Render {
  const ours = new URL("views/", import.meta.url);
  const nhsuk = new URL("dist/", import.meta.resolve("nhsuk-frontend/package.json"));
  const environment = new nunjucks.Environment(
    new nunjucks.FileSystemLoader([views, ours, nhsuk].map((folder) => fileURLToPath(folder))),
    { autoescape: true, trimBlocks: true, lstripBlocks: true },
  );
  for (const [name, value] of Object.entries(globals)) environment.addGlobal(name, value);
  environment.addFilter("time", formatTime);
  environment.addFilter("moment", formatMoment);
  environment.addFilter("day", formatDay);
  environment.addFilter("hour", formatHour);
  environment.addFilter("iso", (moment: Date) => moment.toISOString());
  environment.addFilter("date", formatDate);
  environment.addFilter("bytes", formatSize);
  environment.addFilter("withoutLogo", (header: { toString(): string }) => withoutLogo(header.toString()));
  environment.addFilter("has_long_word", hasLongWord);
  environment.addFilter("count", (count: number) => count.toLocaleString("en-GB"));
  for (const [name, filter] of Object.entries(filters)) environment.addFilter(name, filter);
  return (view, context) => {
    try {
      return environment.render(`${view}.njk`, context);
    } catch (cause) {
      // Of the engine's own error not even the name is a word to tell.
      throw Object.assign(new Error(`The page ${view} cannot be made.`, { cause }), { code: "template-failed" });
    }
  };
}

/** Longer than the words of people are, and without a hyphen or a stroke at which it would break by itself. */
function hasLongWord(html: { toString: () => string } | undefined): boolean {
  return /[^\s/-]{25}/.test((html?.toString() ?? "").replaceAll(/<[^>]*>/g, " "));
}
