import { syncFolder } from "./sync.ts";

/** The names in a folder are on disk when this resolves, as `syncFolder` has it. */
export type SharedSyncs = (folder: string) => Promise<void>;

/**
 * Syncs of folders for many who rename and remove in them at the same time. A sync covers what was done in the folder before it
 * began: all who ask while one is under way share the next. Nobody waits for a timer, and one that fails, fails for all
 * who shared it.
 */
export function sharedSyncs(): SharedSyncs {
  const all = new Map<string, { last: Promise<void>; next: Promise<void> | undefined }>();

  return async (folder) => {
    const state = all.get(folder) ?? { last: Promise.resolve(), next: undefined };
    all.set(folder, state);
    state.next ??= begin(folder, state);
    return state.next;
  };

  async function begin(folder: string, state: { last: Promise<void>; next: Promise<void> | undefined }): Promise<void> {
    const before = state.last;
    const own = Promise.withResolvers<void>();
    // Whoever shares it is told of its failure; whoever comes behind it waits for its end alone.
    state.last = own.promise;
    await before;
    state.next = undefined;
    try {
      await syncFolder(folder);
    } finally {
      if (state.last === own.promise) all.delete(folder);
      own.resolve();
    }
  }
}
