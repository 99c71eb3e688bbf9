import assert from "node:assert/strict";

import type { SqliteStoreOptions } from "../../src/store/sqlite/store.ts";

/** Of an embedded store that meets no trouble. */
export const storeOptions: SqliteStoreOptions = {
  reserveBytes: 65_536,
  onStopped: (reason) => assert.fail(reason),
  onFull: () => assert.fail("the disk is full"),
  onDamaged: (reason) => assert.fail(reason),
  onJournalMissing: (file) => assert.fail(file),
};
