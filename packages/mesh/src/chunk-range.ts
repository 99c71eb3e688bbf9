/** Mex-Chunk-Range: which chunk of how many, from 1. A report, which has no body, says `1:0`. */
export interface ChunkRange {
  readonly chunk: number;
  readonly total: number;
}

/** Undefined if the text is not `n:m`. Whether n is within m is for the caller: on the server they are two errors. */
export function parseChunkRange(text: string): ChunkRange | undefined {
  const match = /^([1-9]\d{0,8}):(\d{1,9})$/.exec(text.trim());
  return match === null ? undefined : { chunk: Number(match[1]), total: Number(match[2]) };
}

export function formatChunkRange({ chunk, total }: ChunkRange): string {
  return `${chunk}:${total}`;
}
