// The tables. Every hot one is keyed by mailbox first: one mailbox's rows lie together, and the same queries spread over
// many nodes. Times are milliseconds since 1970.

const first = `
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

const digestsTimeAndRoom = `
ALTER TABLE chunk ADD COLUMN sha256 BLOB;  -- of the bytes as stored; null in rows of before there was one

-- When this store was last seen by a running server, and whether the machine's clock was believed: time/clock-guard.ts.
CREATE TABLE machine_time (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  wall INTEGER NOT NULL,
  uptime INTEGER NOT NULL,
  boot TEXT NOT NULL,
  reference INTEGER NOT NULL,
  steady INTEGER NOT NULL,
  lag INTEGER NOT NULL,
  doubt TEXT
) STRICT;

-- Empty, but for the moment in which room is made in the database: writer.ts.
CREATE TABLE room (bytes BLOB NOT NULL) STRICT;
`;

const orderByMailbox = `
-- Its number among those that left this inbox: numbers.ts. Null while it never did, or did before there were such numbers.
ALTER TABLE delivery ADD COLUMN departure INTEGER;
CREATE UNIQUE INDEX arrivals ON delivery (recipient_id, sequence) WHERE sequence IS NOT NULL;
CREATE UNIQUE INDEX departures ON delivery (recipient_id, departure) WHERE departure IS NOT NULL;

-- The floors of a mailbox: no number up to them is given again. A mailbox has a row once a delivery was deleted from it.
CREATE TABLE mailbox (
  mailbox_id TEXT PRIMARY KEY,
  floor INTEGER NOT NULL,             -- of arrivals
  departure_floor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Both floors of a mailbox without a row. One row, never changed: 0, or the last number of the time when all mailboxes
-- drew on one counter. A place in any of them from before is below what is accepted now.
CREATE TABLE numbering (floor INTEGER NOT NULL) STRICT;
INSERT INTO numbering SELECT last_sequence FROM acceptance;
INSERT INTO mailbox
  SELECT recipient_id, last_sequence, last_sequence - count(*) FROM delivery CROSS JOIN acceptance
  WHERE listed = 1 GROUP BY recipient_id;
DROP TABLE acceptance;
`;

const closedAndGiven = `
-- Mailboxes that an operator closed: they take nothing in. No mailbox of the configuration has a row for being there.
CREATE TABLE closed_mailbox (
  mailbox_id TEXT PRIMARY KEY,
  closed_at INTEGER NOT NULL,
  reason TEXT NOT NULL                -- the operator's words
) STRICT, WITHOUT ROWID;

-- Chunks that their recipient was given to the last byte. Beside the chunks: writing in their rows would copy the bodies.
CREATE TABLE given_chunk (
  mailbox_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  chunk INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, message_id, chunk)
) STRICT, WITHOUT ROWID;
`;

const bytesWaiting = `
-- Bytes of bodies: its own, and those of all that had arrived in, and left, this inbox up to it: numbers.ts.
ALTER TABLE delivery ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN arrived_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN departed_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailbox ADD COLUMN floor_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mailbox ADD COLUMN departure_floor_bytes INTEGER NOT NULL DEFAULT 0;

-- Of before: as if nothing had left, and what is listed had arrived. Only the newest and the floor are ever asked.
UPDATE delivery SET bytes = coalesce(
  (SELECT message.bytes FROM message
   WHERE message.mailbox_id = delivery.mailbox_id AND message.message_id = delivery.message_id), 0);
CREATE TABLE listed_bytes AS SELECT recipient_id, sum(bytes) AS bytes FROM delivery WHERE listed = 1 GROUP BY recipient_id;
UPDATE delivery SET arrived_bytes = listed_bytes.bytes FROM listed_bytes
  WHERE delivery.recipient_id = listed_bytes.recipient_id AND delivery.sequence IS NOT NULL;
UPDATE mailbox SET floor_bytes = listed_bytes.bytes FROM listed_bytes WHERE mailbox_id = listed_bytes.recipient_id;
DROP TABLE listed_bytes;
`;

const timeOfTokens = `
-- A token is known by the time inside it too. That of one from before is not known: it is used whatever its time is.
CREATE TABLE token_with_time (
  mailbox_id TEXT NOT NULL,
  nonce TEXT NOT NULL,
  nonce_count INTEGER NOT NULL,
  time INTEGER NOT NULL,              -- -1: of before
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (mailbox_id, nonce, nonce_count, time)
) STRICT, WITHOUT ROWID;
INSERT INTO token_with_time SELECT mailbox_id, nonce, nonce_count, -1, expires_at FROM token;
DROP TABLE token;
ALTER TABLE token_with_time RENAME TO token;
CREATE INDEX token_by_expiry ON token (expires_at);
`;

/** Version n of the store is reached by running lists 1 to n. */
export const migrations: readonly string[] = [
  first,
  digestsTimeAndRoom,
  orderByMailbox,
  closedAndGiven,
  bytesWaiting,
  timeOfTokens,
];

/**
 * Settings of the one connection that writes. secure_delete: a patient's address is overwritten, not only unlinked, when
 * its row goes.
 */
export const writerPragmas = `
  PRAGMA secure_delete = ON;
  PRAGMA journal_size_limit = 67108864;
  PRAGMA cache_size = -65536;
`;
