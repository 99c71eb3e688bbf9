// The tables on PostgreSQL. Times are milliseconds since 1970; texts that order anything are compared byte by byte.
//
// What is hot is inserted: messages, chunks, places, tokens. Rewritten is `message_state`, a narrow row, once or twice in a
// message's life: such a row is not hot. A mailbox's row is locked by whoever gives a number in it, and never written.

import { MeshServerError } from "../../errors.ts";
import type { Database } from "./database.ts";

const first = `
CREATE TABLE mailbox (mailbox_id text COLLATE "C" PRIMARY KEY);

-- No number up to a floor is given again, and all that arrived up to listed_floor has left: a listing begins there. A floor that
-- rises is a new row, the greatest counts (../sqlite/numbers.ts says what floors are for).
CREATE TABLE floor (
  mailbox_id text COLLATE "C" NOT NULL,
  floor bigint NOT NULL,
  floor_bytes bigint NOT NULL,
  departure_floor bigint NOT NULL,
  departure_floor_bytes bigint NOT NULL,
  listed_floor bigint NOT NULL,
  PRIMARY KEY (mailbox_id, floor, departure_floor, listed_floor)
);

-- What never changes of a message. Ids begin with the day, so that a key holds across midnight.
CREATE TABLE message (
  mailbox_id text COLLATE "C" NOT NULL,
  message_id text COLLATE "C" NOT NULL,
  type text NOT NULL CHECK (type IN ('DATA', 'REPORT')),
  workflow_id text COLLATE "C" NOT NULL,
  local_id text COLLATE "C",
  details json NOT NULL,
  total_chunks integer NOT NULL,
  created_at bigint NOT NULL,
  linked_message_id text COLLATE "C",
  PRIMARY KEY (mailbox_id, message_id)
) PARTITION BY RANGE (message_id);
CREATE INDEX message_by_id ON message (message_id);
CREATE INDEX message_by_local_id ON message (mailbox_id, local_id, message_id) WHERE local_id IS NOT NULL;

CREATE TABLE message_state (
  mailbox_id text COLLATE "C" NOT NULL,
  message_id text COLLATE "C" NOT NULL,
  state text NOT NULL,
  recipient_id text COLLATE "C",
  addressed_to text COLLATE "C" NOT NULL,
  bytes bigint NOT NULL,
  accepted_at bigint,
  changed_at bigint NOT NULL,
  due_at bigint,
  status_event text,
  status_code text,
  status_description text,
  PRIMARY KEY (mailbox_id, message_id)
) PARTITION BY RANGE (message_id);
CREATE INDEX message_state_by_due ON message_state (due_at, message_id) WHERE due_at IS NOT NULL;

CREATE TABLE chunk (
  mailbox_id text COLLATE "C" NOT NULL,
  message_id text COLLATE "C" NOT NULL,
  chunk integer NOT NULL,
  size bigint NOT NULL,
  bytes bytea,
  file_name text COLLATE "C",
  sha256 bytea,
  PRIMARY KEY (mailbox_id, message_id, chunk)
) PARTITION BY RANGE (message_id);
CREATE INDEX chunk_by_file ON chunk (file_name) WHERE file_name IS NOT NULL;

CREATE TABLE given_chunk (
  mailbox_id text COLLATE "C" NOT NULL,
  message_id text COLLATE "C" NOT NULL,
  chunk integer NOT NULL,
  PRIMARY KEY (mailbox_id, message_id, chunk)
);

-- The only place of a routing address, which names a patient: the row goes when the message is placed or fails.
CREATE TABLE routing (
  mailbox_id text COLLATE "C" NOT NULL,
  message_id text COLLATE "C" NOT NULL,
  address text NOT NULL,
  tries integer NOT NULL,
  next_try_at bigint,
  PRIMARY KEY (mailbox_id, message_id)
);
CREATE INDEX routing_by_next_try ON routing (next_try_at, message_id) WHERE next_try_at IS NOT NULL;

-- One that is put back arrives anew.
CREATE TABLE arrival (
  recipient_id text COLLATE "C" NOT NULL,
  sequence bigint NOT NULL,
  message_id text COLLATE "C" NOT NULL,
  mailbox_id text COLLATE "C" NOT NULL,
  workflow_id text COLLATE "C" NOT NULL,
  bytes bigint NOT NULL,
  arrived_bytes bigint NOT NULL,
  PRIMARY KEY (recipient_id, sequence)
);
CREATE INDEX arrival_by_message ON arrival (recipient_id, message_id, sequence);

CREATE TABLE departure (
  recipient_id text COLLATE "C" NOT NULL,
  departure bigint NOT NULL,
  sequence bigint NOT NULL,
  departed_bytes bigint NOT NULL,
  PRIMARY KEY (recipient_id, departure),
  UNIQUE (recipient_id, sequence)
);

CREATE TABLE token (
  mailbox_id text COLLATE "C" NOT NULL,
  nonce text COLLATE "C" NOT NULL,
  nonce_count bigint NOT NULL,
  time bigint NOT NULL,
  expires_at bigint NOT NULL,
  PRIMARY KEY (mailbox_id, nonce, nonce_count, time)
) PARTITION BY RANGE (time);

CREATE TABLE closed_mailbox (
  mailbox_id text COLLATE "C" PRIMARY KEY,
  closed_at bigint NOT NULL,
  reason text NOT NULL
);

-- Of each node's own machine: time/clock-guard.ts.
CREATE TABLE machine_time (node text COLLATE "C" PRIMARY KEY, seen json NOT NULL);
`;

/** Version n of the store is reached by running lists 1 to n. */
export const migrations: readonly string[] = [first];

/** Of locks of a transaction that makes tables: no other program's. */
export const TABLES_LOCK = 7_378_697_629;

/**
 * Any number of nodes may do it at once.
 *
 * @throws {MeshServerError} `store-too-new`
 */
export async function migrate(database: Database): Promise<void> {
  await database.transact(async ({ ask }) => {
    await ask("SELECT pg_advisory_xact_lock($1)", [TABLES_LOCK]);
    await ask("CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)");
    const [row] = await ask("SELECT version FROM schema_version");
    const version = (row?.["version"] ?? 0) as number;
    if (version > migrations.length) {
      throw new MeshServerError(
        "store-too-new",
        `The store is of version ${version}, and this program knows ${migrations.length}: use a program as new as the one that wrote it.`,
      );
    }
    if (version === migrations.length) return;
    for (const statement of migrations.slice(version).join("").split(/;\n/)) {
      if (statement.trim() !== "") await ask(statement);
    }
    await ask("DELETE FROM schema_version");
    await ask("INSERT INTO schema_version VALUES ($1)", [migrations.length]);
  });
}
