// The pairs of a run: of all sizes and kinds, with names, LocalIds and texts as people have them.

import { randomBytes } from "node:crypto";

import type { ControlFile } from "@restante/mesh";

export interface DroppedPair {
  readonly base: string;
  readonly control: Partial<ControlFile>;
  readonly data: Buffer;
}

/** Numbers from 0 to below 1. */
export type Draw = () => number;

export const mostBytes = 100_000;

const names = ["", " with spaces", " & Söhne", ".dots.v2", " (1)", "_ZAŻÓŁĆ", " 😀", "'s", "%41", ";a=b"] as const;
const subjects = [undefined, "A letter", "Größe £5 – “quoted”", "<&>"] as const;
const localIds = [undefined, "unique", "unique", "unique", "Y90001"] as const;

export function drawPairs(count: number, draw: Draw): DroppedPair[] {
  return Array.from({ length: count }, (_, index) => {
    const base = `PAIR-${index}${pick(names, draw)}`;
    const localId = pick(localIds, draw);
    const bytes = Math.floor(1000 * (mostBytes / 1000) ** draw());
    // What is not chunked must fit into one request.
    const allowChunking = bytes > mostWhole || draw() < 0.5;
    return {
      base,
      data: dataOf(base, bytes, draw() < 0.5),
      control: {
        allowChunking,
        compress: draw() < 0.3 ? false : undefined,
        localId: localId === "unique" ? `local ${index} é` : localId,
        subject: pick(subjects, draw),
        partnerId: draw() < 0.3 ? "PARTNER 1" : undefined,
        processId: draw() < 0.3 ? "process-7" : undefined,
        checksum: draw() < 0.2 ? "SHA1 0a1b2c" : undefined,
        encrypted: draw() < 0.2 ? true : undefined,
        fromSmtp: draw() < 0.2 ? "from@example.org" : undefined,
      },
    };
  });
}

/** The most of a request: what is larger, and may be, goes in chunks. */
export const mostWhole = 40_000;
export const chunkBytes = 15_000;

/** Begins with the name, so that no two are alike; half of them gzip makes smaller. */
function dataOf(base: string, bytes: number, compressible: boolean): Buffer {
  const head = Buffer.from(`${base}\n`);
  const rest = Math.max(0, bytes - head.length);
  return Buffer.concat([head, compressible ? Buffer.alloc(rest, "all work and no play ") : randomBytes(rest)]);
}

function pick<Value>(among: readonly Value[], draw: Draw): Value {
  return among[Math.floor(draw() * among.length)]!;
}
