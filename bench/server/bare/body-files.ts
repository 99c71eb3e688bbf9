// Bodies that are too large for their row: a file each, of its own name from its first byte on, synced with its folder
// before its row is written. A crash leaves a file that no row names; none that a row names is not whole.

import { createReadStream } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** Gathered before it is written, so that the disk is not asked for every 16 KB of a TLS record. */
const pieceBytes = 1024 * 1024;

export interface BodyFiles {
  /** Resolves when it is on disk, with its name and size. */
  receive(request: IncomingMessage): Promise<{ name: string; size: number }>;
  send(name: string, response: ServerResponse): Promise<void>;
}

export async function openBodyFiles(dataFolder: string): Promise<BodyFiles> {
  const folder = join(dataFolder, "bodies");
  await mkdir(folder);
  let last = 0;

  return {
    async receive(request) {
      const name = String((last += 1));
      await using file = await open(join(folder, name), "wx");
      let size = 0;
      let gathered: Buffer[] = [];
      let bytes = 0;
      const write = async (): Promise<void> => {
        await file.writev(gathered);
        [gathered, bytes] = [[], 0];
      };
      for await (const piece of request as AsyncIterable<Buffer>) {
        gathered.push(piece);
        bytes += piece.byteLength;
        size += piece.byteLength;
        if (bytes >= pieceBytes) await write();
      }
      if (bytes > 0) await write();
      await file.datasync();
      await using names = await open(folder);
      await names.sync();
      return { name, size };
    },
    send: (name, response) =>
      pipeline(createReadStream(join(folder, name), { highWaterMark: pieceBytes / 4 }), response),
  };
}
