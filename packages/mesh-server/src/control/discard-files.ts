import type { Bodies } from "../bodies/bodies.ts";

/** What no row names any more. What is left by a crash the next start finds: sweep.ts. */
export async function discardFiles(bodies: Pick<Bodies, "discard">, fileNames: readonly string[]): Promise<void> {
  for (const fileName of fileNames) await bodies.discard({ kind: "file", size: 0, fileName });
}
