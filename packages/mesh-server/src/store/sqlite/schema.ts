import type { DatabaseSync } from "node:sqlite";

import { MeshServerError } from "../../errors.ts";

/** Counts up with every change of the tables. A database of a later version is refused, not guessed at. */
const SCHEMA_VERSION = 1;

// Every hot table is keyed by mailbox first: one mailbox's rows lie together, and the same queries spread over many
// nodes. Times are milliseconds since 1970.
const SCHEMA = `
CREATE TABLE message (
  mailbox_id TEXT NOT NULL,           -- the sender's; of a report, the mailbox it is for
  message_id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL CHECK (type IN ('DATA', 'REPORT')),
  state TEXT NOT NULL,
  recipient_id TEXT,                  -- null until a routed message is placed
  addressed_to TEXT NOT NULL,         -- a mailbox id or GPPROVIDER, never a routing address
  workflow_id TEXT NOT NULL,
  local_id TEXT,
  details TEXT NOT NULL,              -- JSON, MessageDetails
  total_chunks INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  accepted_at INTEGER,
  changed_at INTEGER NOT NULL,
  due_at INTEGER,
  status_event TEXT,
  status_code TEXT,
  status_description TEXT,
  linked_message_id TEXT,
  PRIMARY KEY (mailbox_id, message_id)
) STRICT;
CREATE INDEX message_by_local_id ON message (mailbox_id, local_id) WHERE local_id IS NOT NULL;
CREATE INDEX message_by_due ON message (due_at) WHERE due_at IS NOT NULL;

-- A message's place in its recipient's inbox. It keeps its place after it is no longer listed, so that a listing can
-- continue from a message that was acknowledged meanwhile.
CREATE TABLE delivery (
  recipient_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  mailbox_id TEXT NOT NULL,
  workflow_id TEXT NOT NULL,
  sequence INTEGER,                   -- null until accepted
  listed INTEGER NOT NULL,
  PRIMARY KEY (recipient_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox ON delivery (recipient_id, sequence, workflow_id, message_id) WHERE listed = 1;

CREATE TABLE chunk (
  mailbox_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  chunk INTEGER NOT NULL,
  size INTEGER NOT NULL,
  bytes BLOB,                         -- a small body
  file_name TEXT,                     -- a large one: synced and in place before its row is
  PRIMARY KEY (mailbox_id, message_id, chunk)
) STRICT;
CREATE INDEX chunk_by_file ON chunk (file_name) WHERE file_name IS NOT NULL;

-- The only place of a routing address, which names a patient: the row goes when the message is placed or fails.
CREATE TABLE routing (
  mailbox_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  address TEXT NOT NULL,
  tries INTEGER NOT NULL,
  next_try_at INTEGER,                -- null while uploading
  PRIMARY KEY (mailbox_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX routing_by_next_try ON routing (next_try_at) WHERE next_try_at IS NOT NULL;

CREATE TABLE token (
  mailbox_id TEXT NOT NULL,
  nonce TEXT NOT NULL,
  nonce_count INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, nonce, nonce_count)
) STRICT, WITHOUT ROWID;
CREATE INDEX token_by_expiry ON token (expires_at);

CREATE TABLE acceptance (last_sequence INTEGER NOT NULL) STRICT;
INSERT INTO acceptance VALUES (0);
`;

/** Settings of the one connection that writes. */
export function prepareWriter(db: DatabaseSync): void {
  // FULL: a commit has reached the disk when it returns. secure_delete: a patient's address is overwritten, not only
  // unlinked, when its row goes.
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA cache_size = -65536;
  `);
}

/** Makes the tables of a new database. */
export function prepareTables(db: DatabaseSync): void {
  const version = Number(db.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
  if (version > SCHEMA_VERSION) {
    throw new MeshServerError("store-too-new", "The data folder was written by a later version of Restante.");
  }
  if (version === 0) db.exec(`BEGIN; ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
}
