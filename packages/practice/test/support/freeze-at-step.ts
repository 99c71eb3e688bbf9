import { promises } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { StatementSync } from "node:sqlite";

type Work = (this: unknown, ...words: unknown[]) => unknown;

/** What a statement throws that comes after the end: nothing of it is done. */
class Frozen extends Error {}

/**
 * Ends what this process does with files and databases at the n-th boundary of its steps, before or after one, as a kill would: nothing
 * that it does to them comes after. A step is a file or folder synced, a name made, changed or removed, a statement committed. For
 * one test of a process: what froze goes on waiting.
 */
export interface Freezer extends AsyncDisposable {
  /** Does it until it ends or is frozen; the boundary at which that was, or `ended`. */
  until(boundary: number, work: () => Promise<void>): Promise<string>;
}

export async function createFreezer(): Promise<Freezer> {
  let stepsLeft = Infinity;
  let frozen: PromiseWithResolvers<string> | undefined;
  let isFrozen = false;
  /** Files that nobody else closes. */
  const left = new Set<FileHandle>();

  function pass(boundary: string): void {
    stepsLeft -= 1;
    if (stepsLeft > 0) return;
    isFrozen = true;
    frozen?.resolve(boundary);
  }

  function asynchronous(owner: object, name: string): void {
    const methods = owner as Record<string, Work>;
    const method = methods[name];
    if (method === undefined) throw new Error(`There is no ${name}.`);
    methods[name] = async function (...words) {
      if (frozen === undefined) return Reflect.apply(method, this, words);
      // Of whoever froze before, there is nobody to come back to.
      const own = frozen;
      const hold = async (): Promise<unknown> => {
        if (name === "sync") left.add(this as FileHandle);
        return new Promise(() => undefined);
      };
      pass(`before ${name}`);
      if (isFrozen) return hold();
      const result = await Reflect.apply(method, this, words);
      if (own !== frozen) return hold();
      pass(`after ${name}`);
      return isFrozen ? hold() : result;
    };
  }

  for (const name of ["rename", "mkdir", "rm"]) asynchronous(promises, name);
  syncBuiltinESMExports();
  const handle = await promises.open(process.execPath);
  asynchronous(Object.getPrototypeOf(handle) as object, "sync");
  await handle.close();
  const statements = StatementSync.prototype as unknown as Record<"run", Work>;
  const run = statements["run"];
  statements["run"] = function (...words) {
    if (frozen === undefined) return Reflect.apply(run, this, words);
    pass("before commit");
    if (isFrozen) throw new Frozen();
    const result = Reflect.apply(run, this, words);
    pass("after commit");
    if (isFrozen) throw new Frozen();
    return result;
  };

  return {
    async until(boundary, work) {
      stepsLeft = boundary;
      isFrozen = false;
      frozen = Promise.withResolvers();
      const end = await Promise.race([frozen.promise, work().then(() => "ended")]);
      const at = isFrozen ? await frozen.promise : end;
      frozen = undefined;
      return at;
    },
    async [Symbol.asyncDispose]() {
      for (const file of left) await file.close();
    },
  };
}
