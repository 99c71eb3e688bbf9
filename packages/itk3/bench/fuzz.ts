// 20,000 damaged messages: none crashes the reader, none takes 5 s, none is read that libxml2 or saxes would refuse.
import { XmlDocument } from "libxml2-wasm";
import { SaxesParser } from "saxes";
import { check, readMessage } from "@restante/itk3";
import { messageOfSize } from "./message.ts";

const count = 20_000;
const watchdogMs = 5000;
const scraps = [
  "<",
  ">",
  "/",
  "&",
  '"',
  "'",
  "=",
  "<!--",
  "-->",
  "]]>",
  "<![CDATA[",
  "<a>",
  "</a>",
  ' xmlns="x:"',
  "&#0;",
].map((text) => Buffer.from(text));
const base = Buffer.from(messageOfSize(12_000));

// Mulberry32: the same damage in every run.
let state = 20_261_123;
function below(limit: number): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
}

function damaged(): Buffer {
  let bytes = base;
  for (let edits = 1 + below(3); edits > 0; edits -= 1) {
    const at = below(bytes.length);
    const from = below(base.length);
    const put = [
      scraps[below(scraps.length)] ?? base,
      Buffer.from([below(256), below(256)]),
      base.subarray(from, from + below(300)),
    ][below(3)];
    bytes = Buffer.concat([bytes.subarray(0, at), put ?? base, bytes.subarray(at + below(40))]);
  }
  return bytes;
}

function isWellFormed(bytes: Buffer): boolean {
  const parser = new SaxesParser({ xmlns: true });
  parser.on("error", (error) => {
    throw error;
  });
  try {
    parser.write(bytes.toString()).close();
    using document = XmlDocument.fromBuffer(bytes);
    return document.root.name !== "";
  } catch {
    return false;
  }
}

/** Says how it went; false where a promise was broken. */
export function fuzz(): { kept: boolean; said: string } {
  let read = 0;
  let wrongly = 0;
  let slowest = 0;
  for (let index = 0; index < count; index += 1) {
    const bytes = damaged();
    const start = performance.now();
    const result = readMessage(bytes);
    check(result);
    slowest = Math.max(slowest, performance.now() - start);
    if (result.message === undefined) continue;
    read += 1;
    if (!isWellFormed(bytes)) wrongly += 1;
  }
  const said = `${count} damaged messages: ${read} read, ${wrongly} of them wrongly, slowest ${slowest.toFixed(1)} ms`;
  return { kept: wrongly === 0 && slowest < watchdogMs, said };
}
