import { readFile } from "node:fs/promises";

/** A file of the page, as a browser asks for it. */
export interface PageFile {
  readonly path: string;
  readonly contentType: string;
  readonly text: string;
}

/**
 * What may be done by the page: its own scripts and style, and requests to where it came from. Every answer that is a file of
 * the page carries it.
 */
export const pageSecurityPolicy: string =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const files: readonly (readonly [path: string, name: string, contentType: string])[] = [
  ["/", "page.html", "text/html; charset=utf-8"],
  ["/page.css", "page.css", "text/css; charset=utf-8"],
  ...["page", "api", "elements", "overview", "messages", "verbs", "forms", "happenings"].map(
    (name) => [`/${name}.js`, `${name}.js`, "text/javascript; charset=utf-8"] as const,
  ),
];

/** All of the page: it asks for nothing else but what is under `/v1`, and keeps the token in its tab alone. */
export function readPage(): Promise<PageFile[]> {
  return Promise.all(
    files.map(async ([path, name, contentType]) => ({
      path,
      contentType,
      text: await readFile(new URL(name, import.meta.url), "utf8"),
    })),
  );
}
