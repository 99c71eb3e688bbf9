import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The large bodies of a server where they lie: what a test does to them the server does not see. */
export interface StoredBodies {
  keys(): Promise<string[]>;
  get(key: string): Promise<Buffer>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  delete(key: string): Promise<void>;
}

export function bodiesInFolder(dataFolder: string): StoredBodies {
  const path = (key: string): string => join(dataFolder, "bodies", key);
  return {
    keys: () => readdir(join(dataFolder, "bodies")),
    get: (key) => readFile(path(key)),
    put: (key, bytes) => writeFile(path(key), bytes),
    delete: (key) => rm(path(key)),
  };
}

/** Those of a bucket that begin so, by what comes after it. All but the mark that says whose the place is. */
export function bodiesUnder(prefix: string, bucket: StoredBodies): StoredBodies {
  return {
    async keys() {
      const below = (await bucket.keys())
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length));
      return below.filter((key) => key !== ".mark");
    },
    get: (key) => bucket.get(prefix + key),
    put: (key, bytes) => bucket.put(prefix + key, bytes),
    delete: (key) => bucket.delete(prefix + key),
  };
}

/** The body of a chunk of a message. */
export async function keyOfBody(bodies: StoredBodies, messageId: string, chunk: number = 1): Promise<string> {
  const key = (await bodies.keys()).find((name) => name.startsWith(`${messageId}-${chunk}.`));
  if (key === undefined) throw new Error("There is no such body.");
  return key;
}
