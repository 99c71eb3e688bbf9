const first = `
  CREATE TABLE send (
    id INTEGER PRIMARY KEY,
    pair TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN (
      'waiting', 'sending', 'uploading', 'doubtful', 'held', 'accepted', 'sent', 'failed', 'withdrawn'
    )),
    since INTEGER NOT NULL,
    startedAt INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    noticed TEXT,
    compressed INTEGER NOT NULL DEFAULT 0,
    chunkBytes INTEGER,
    sentChunks INTEGER NOT NULL DEFAULT 0,
    localId TEXT,
    messageId TEXT
  ) STRICT;
  CREATE UNIQUE INDEX oneOpen ON send (pair) WHERE state NOT IN ('sent', 'failed', 'withdrawn');
  CREATE INDEX byLocalId ON send (localId);
  CREATE INDEX byMessageId ON send (messageId);
  CREATE TABLE receipt (messageId TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE filing (id INTEGER PRIMARY KEY, subject TEXT, steps TEXT NOT NULL) STRICT;
`;

/**
 * `chunk`: the SHA-256 of the content of each chunk that was sent, before compression, of uploads that are not at their
 * end. `unnamed`: the server accepted the pair and gave no id that can be read, 0 or 1.
 */
const second = `
  ALTER TABLE send ADD COLUMN unnamed INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE chunk (
    send INTEGER NOT NULL REFERENCES send (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (send, number)
  ) STRICT, WITHOUT ROWID;
`;

/** What is to be told when a filing is finished, at whatever poll that is; and whether it was begun and could not be. */
const third = `
  ALTER TABLE filing ADD COLUMN tells TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE filing ADD COLUMN stuck INTEGER NOT NULL DEFAULT 0;
`;

/** When the first attempt of a pair began: so long those behind it have waited for it (send-all.ts). */
const fourth = `
  ALTER TABLE send ADD COLUMN triedAt INTEGER;
`;

/** Why a pair is held: for the person who decides about it. */
const fifth = `
  ALTER TABLE send ADD COLUMN reason TEXT;
`;

/** Each brings a journal from the version of its place to the next. Added to, never changed. */
export const migrations: readonly string[] = [first, second, third, fourth, fifth];
