// Where a shared store is, in one text each. A secret in it would be shown with the settings, and in lists of processes.

import { isAbsolute } from "node:path";

import type { TextFormat } from "@restante/settings";

const files = ["sslrootcert", "sslcert", "sslkey"];
/** Others are passed over in silence, such as several hosts, or read differently by different programs, such as other modes of TLS. */
const known = new Set([...files, "sslmode", "host", "application_name", "options"]);

export const postgresUrlFormat: TextFormat = {
  name: "postgres-url",
  accepts: (text) => postgresFault(text) === undefined,
  fault: postgresFault,
  pattern: "^postgres(ql)?://",
  problem:
    "must be postgres://USER@HOST:PORT/DATABASE, of one host and without a password: that is storePassword. Another machine needs ?sslmode=verify-full&sslrootcert=/FILE, or sslmode=disable where the network itself is encrypted. It may have sslcert, sslkey, host (the folder of a socket), application_name and options, each once; a file by its absolute path",
};

function postgresFault(text: string): string | undefined {
  const url = readUrl(text);
  if (url?.protocol !== "postgres:" && url?.protocol !== "postgresql:") return "is no URL of a PostgreSQL";
  const { username, password, hostname, pathname, searchParams } = url;
  if (password !== "" || searchParams.has("password")) return "has a password";
  if (username === "") return "names no user";
  if (pathname.length <= 1) return "names no database";
  const words = Array.from(searchParams.keys());
  if (words.some((word) => !known.has(word))) return "has a parameter of no use here";
  // Of two of a name one would be looked at here, and the other used.
  if (new Set(words).size < words.length) return "has a parameter twice";
  // Several would be looked up as one name.
  const folder = searchParams.get("host") ?? "/";
  if (/,|%2c/i.test(hostname) || folder.includes(",")) return "names several hosts";
  if (!folder.startsWith("/")) return "has a host that is no folder of a socket";
  const relative = files.find((word) => !isAbsolute(searchParams.get(word) ?? "/"));
  if (relative !== undefined) return `has a relative path for ${relative}`;
  const mode = searchParams.get("sslmode");
  if (mode === null) return isHere(url) ? undefined : "leads to another machine without sslmode";
  return mode === "verify-full" || mode === "disable" ? undefined : "has an sslmode that is not taken";
}

export const s3UrlFormat: TextFormat = {
  name: "s3-url",
  accepts: (text) => readS3Url(text) !== undefined,
  pattern: "^s3://",
  problem:
    "must be s3://BUCKET or s3://BUCKET/PREFIX, the bucket of 3 to 63 small letters, digits, dots and hyphens, the prefix of capitals and underscores too, without keys: those have settings of their own, in s3",
};

export const httpUrlFormat: TextFormat = {
  name: "http-url",
  accepts(text) {
    const url = readUrl(text);
    if (url?.protocol !== "https:" && url?.protocol !== "http:") return false;
    return url.username === "" && url.password === "" && url.pathname === "/" && url.search === "";
  },
  pattern: "^https?://",
  problem: "must be an https:// or http:// address, without a password and without a path",
};

export interface S3Place {
  bucket: string;
  /** Empty, or with a slash at its end. */
  prefix: string;
}

export function readS3Url(text: string): S3Place | undefined {
  const found = /^s3:\/\/(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?<path>(?:\/[\w-][\w.-]*)*)\/?$/.exec(text.trim());
  if (found?.groups === undefined) return undefined;
  const { bucket = "", path = "" } = found.groups;
  return { bucket, prefix: path === "" ? "" : `${path.slice(1)}/` };
}

/** How what goes to an address, of PostgreSQL or of S3, gets there: on this machine, by TLS, or over a network in clear. */
export type Way = "here" | "tls" | "clear";

export function wayTo(text: string): Way {
  const url = readUrl(text);
  if (url !== undefined && isHere(url)) return "here";
  return url?.protocol === "https:" || url?.searchParams.get("sslmode") === "verify-full" ? "tls" : "clear";
}

/** A socket in a folder, or this machine. */
function isHere(url: URL): boolean {
  const host = url.searchParams.get("host") ?? url.hostname;
  return host.startsWith("/") || ["", "localhost", "127.0.0.1", "[::1]"].includes(host);
}

function readUrl(text: string): URL | undefined {
  return URL.parse(text.trim()) ?? undefined;
}
