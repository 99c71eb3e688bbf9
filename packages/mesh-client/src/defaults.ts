// What is taken where an option is absent, in one place, so that whoever shows settings shows what is used.

interface MeshClientDefaults {
  readonly requestTimeoutMs: number;
  readonly connections: number;
  readonly upload: { readonly chunkBytes: number; readonly parallel: number };
  readonly connectionsInAll: number;
  readonly retries: { readonly attempts: number; readonly firstWaitMs: number; readonly longestWaitMs: number };
}

export const meshClientDefaults: MeshClientDefaults = {
  requestTimeoutMs: 60_000,
  connections: 8,
  upload: { chunkBytes: 20_000_000, parallel: 4 },
  connectionsInAll: 64,
  retries: { attempts: 3, firstWaitMs: 250, longestWaitMs: 10_000 },
};
