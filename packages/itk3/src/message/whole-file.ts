// Base64 that came without its padding, or as a `data:` address. A decoder reads both, and cannot tell them from what was cut off
// on its way: so they are repaired only where the file itself shows that it is whole (docs/decisions/184-what-is-read-what-is-refused.md).
import { mediaTypeOf } from "@restante/mesh";
import { createHash } from "node:crypto";
import { isPlainBase64, withoutSpaces } from "../stu3/base64.ts";
import { fileTypeOf, type KnownFileType } from "./file-type.ts";

/** What is said of a file where it is described: of its bytes, not of their base64. */
export interface FileDescription {
  size?: number | undefined;
  /** SHA-1, in base64. */
  hash?: string | undefined;
}

/** How far a `data:` address reaches, up to its content; 0 where there is none. */
export function addressLength(content: string): number {
  return addressOf(content)?.[0].length ?? 0;
}

/**
 * The file that `content`, which is no base64, holds nevertheless: undefined unless it is of the type that is said, ends as files of
 * that type do, and is what each description says.
 */
export function wholeFile(
  content: string,
  contentType: string,
  descriptions: readonly FileDescription[],
): Buffer | undefined {
  const said = mediaTypeOf(contentType);
  const [address = "", named = ""] = addressOf(content) ?? [];
  if (named !== "" && mediaTypeOf(named) !== said) return undefined;
  const plain = withoutSpaces(content.slice(address.length));
  const padded = plain + "=".repeat((4 - (plain.length % 4)) % 4);
  if (!isPlainBase64(padded)) return undefined;
  const file = Buffer.from(padded, "base64");
  const type = fileTypeOf(file);
  if (type === undefined || type !== said || !endsWhole[type](file)) return undefined;
  return agreesWith(file, descriptions) ? file : undefined;
}

function addressOf(content: string): RegExpExecArray | null {
  return /^[ \t\r\n]*data:([^,;]{0,100})(?:;[^,;]{0,100}){0,5};base64,/i.exec(content);
}

const endsWhole: Readonly<Record<KnownFileType, (file: Buffer) => boolean>> = {
  "application/pdf": endsAsPdf,
  "image/png": (file) => file.subarray(-lastOfPng.length).equals(lastOfPng),
  "image/jpeg": (file) => file.at(-2) === 0xff && file.at(-1) === 0xd9,
  // It ends anywhere.
  "image/tiff": () => false,
};

/** The chunk IEND, which is empty: its length, its name and its checksum. */
const lastOfPng = Buffer.from("0000000049454e44ae426082", "hex");

// Behind the last end there are line ends at most. Of a PDF made for the web a first end stands near its beginning, which says how
// long the whole is (ISO 32000-1, annex F).
function endsAsPdf(file: Buffer): boolean {
  const end = file.subarray(-1024).toString("latin1");
  if (!/%%EOF[\0\t\n\f\r ]*$/.test(end)) return false;
  const begin = file.subarray(0, 2048).toString("latin1");
  const named = begin.search(/\/Linearized\b/);
  if (named === -1) return true;
  // Looked for from its name: a pattern for the whole would try each `<<` with each name.
  const [dictionary = ""] = begin.slice(Math.max(0, begin.lastIndexOf("<<", named))).split(">>", 1);
  const [, length] = /\/L[\0\t\n\f\r ]+(\d{1,12})\b/.exec(dictionary) ?? [];
  return length !== undefined && Number(length) <= file.byteLength;
}

function agreesWith(file: Buffer, descriptions: readonly FileDescription[]): boolean {
  let sha1: Buffer | undefined;
  // Once for all of them: any number of references may describe one file of megabytes.
  const digest = (): Buffer => (sha1 ??= createHash("sha1").update(file).digest());
  return descriptions.every(
    ({ size, hash }) =>
      (size === undefined || size === file.byteLength) &&
      (hash === undefined || digest().equals(Buffer.from(hash, "base64"))),
  );
}
