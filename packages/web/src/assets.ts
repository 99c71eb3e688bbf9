import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { FastifyInstance } from "fastify";
import { route } from "./access/route-access.ts";
import { refusal } from "./refusal.ts";
import { refusalWords } from "./refusal-words.ts";

/** A folder of files that browsers may have. */
export interface AssetFolder {
  folder: URL;
  /** The names that are served, nothing else: no path ever reaches the file system. */
  names: RegExp;
  /** What is changed in a file's text before it is served. */
  change?: (text: string) => string;
}

const types: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  ico: "image/x-icon",
  png: "image/png",
  json: "application/manifest+json",
  wasm: "application/wasm",
};

/** Serves the design system and the script and style of every site, and beside them what a site has of its own. */
export function serveAssets(app: FastifyInstance, own: Readonly<Record<string, AssetFolder>>): void {
  const sources = { ...own, ...everySite() };
  const loaded = new Map<string, Promise<{ bytes: Buffer; etag: string }>>();

  app.get<Asset>("/assets/:source/:name", route({ needs: "anybody" }), async (request, reply) => {
    const { source: key, name } = request.params;
    const source = Object.hasOwn(sources, key) ? sources[key] : undefined;
    if (source === undefined || !source.names.test(name)) throw refusal(404, refusalWords["no-such-file"]);
    const path = `${key}/${name}`;
    const loading = loaded.get(path) ?? load(source, name);
    loaded.set(path, loading);
    const { bytes, etag } = await loading.catch((error: unknown) => {
      loaded.delete(path);
      throw (error as NodeJS.ErrnoException).code === "ENOENT" ? refusal(404, refusalWords["no-such-file"]) : error;
    });
    // Kept by the browser, and asked for again each time, so that a new release shows at once.
    reply.headers({ "cache-control": "no-cache", etag });
    if (request.headers["if-none-match"] === etag) return reply.code(304).send();
    return reply.type(types[name.split(".").at(-1) ?? ""] ?? "application/octet-stream").send(bytes);
  });
}

interface Asset {
  Params: { source: string; name: string };
}

async function load({ folder, change }: AssetFolder, name: string): Promise<{ bytes: Buffer; etag: string }> {
  const read = await readFile(new URL(name, folder));
  const bytes = change === undefined ? read : Buffer.from(change(read.toString("utf8")));
  return { bytes, etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"` };
}

function everySite(): Record<string, AssetFolder> {
  const nhsuk = new URL("dist/nhsuk/", import.meta.resolve("nhsuk-frontend/package.json"));
  return {
    web: { folder: new URL("assets/", import.meta.url), names: /^(?:site\.(?:css|js)|favicon\.svg)$/ },
    nhsuk: { folder: nhsuk, names: /^nhsuk-frontend\.min\.(css|js)$/, change: withoutOutsideFonts },
    images: { folder: new URL("assets/images/", nhsuk), names: /^[a-z0-9-]+\.(svg|ico|png)$/ },
  };
}

/**
 * The NHS's typeface is fetched from nhs.uk and licensed to sites there. Without it the design system shows Arial, and
 * the pages ask nothing of any other machine.
 */
function withoutOutsideFonts(css: string): string {
  return css.replaceAll(/@font-face\s*\{[^}]*\}/g, "");
}
