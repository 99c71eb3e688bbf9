// The tables on PostgreSQL. Times are milliseconds since 1970; texts that order anything are compared byte by byte.
//
// What is hot is inserted: messages, chunks, places, tokens. Rewritten is `message_state`, a narrow row, once or twice in a
// message's life: such a row is not hot. A mailbox's row is locked by whoever gives a number in it, and never written.

import { MeshServerError } from "../../errors.ts";
import type { Database } from "./database.ts";

/** The schema that they are in, as an oid; its name may have capitals, which a cast to regnamespace does not find. */
export const OUR_SCHEMA = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())";

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
-- With all that a listing of them says: where vacuum has been no row is read for it, of which a damaged one would take all others with it.
CREATE INDEX message_state_by_due ON message_state (due_at, message_id, mailbox_id) WHERE due_at IS NOT NULL;

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
  bytes bigint NOT NULL,
  arrived_bytes bigint NOT NULL,
  PRIMARY KEY (recipient_id, sequence)
);
CREATE INDEX arrival_by_message ON arrival (recipient_id, message_id, sequence);

-- What is listed: a row comes with its arrival and goes with its departure. What went stays in the index until it is vacuumed, which
-- an open transaction puts off for all tables: listed_floor keeps a listing from walking past it.
CREATE TABLE listed (
  recipient_id text COLLATE "C" NOT NULL,
  sequence bigint NOT NULL,
  message_id text COLLATE "C" NOT NULL,
  workflow_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (recipient_id, sequence)
);

-- A page in the order of the index. Left to choose, the planner reads and sorts all of a mailbox of which it believes that little is listed,
-- and plans each page of a deep one anew.
CREATE FUNCTION list_after(mailbox text, after bigint, most integer, filter text, part text, negated boolean)
RETURNS TABLE (message_id text, sequence bigint)
LANGUAGE sql STABLE SET enable_bitmapscan = off SET enable_seqscan = off SET enable_sort = off
  SET plan_cache_mode = force_generic_plan AS $$
  SELECT message_id, sequence FROM listed
  WHERE recipient_id = mailbox
    AND sequence > greatest(after, (SELECT max(listed_floor) FROM floor WHERE mailbox_id = mailbox))
    AND (filter IS NULL OR negated <> CASE filter
      WHEN 'equals' THEN workflow_id = part
      WHEN 'begins' THEN starts_with(workflow_id, part)
      ELSE strpos(workflow_id, part) > 0 END)
  ORDER BY sequence LIMIT most
$$;

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

-- Each start of each node. By the database's clock, but for apart, which is how far the node's is before it.
CREATE TABLE node (
  id text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  version text NOT NULL,
  started_at bigint NOT NULL,
  seen_at bigint NOT NULL,
  apart bigint NOT NULL,
  unable json NOT NULL,
  settings json NOT NULL
);

-- Which node does what time brings, and until when (leases.ts).
CREATE TABLE lease (work text COLLATE "C" PRIMARY KEY, node text COLLATE "C" NOT NULL, until bigint NOT NULL);
INSERT INTO lease VALUES ('routing', '', 0), ('expiry', '', 0), ('tokens', '', 0), ('bodies', '', 0);

-- Of the digests of settings (alike.ts).
CREATE TABLE digest_salt (salt text NOT NULL);
INSERT INTO digest_salt SELECT gen_random_uuid();

-- What was moved here from a data folder, and how far it is: ../../move/. Before it is there whole no node starts.
CREATE TABLE move (
  move_id text PRIMARY KEY,
  source text NOT NULL,
  -- Where its bodies are put.
  bodies text NOT NULL,
  -- What the folder's last server kept of its machine's time: another since means that a server ran on it.
  seen json,
  begun_at bigint NOT NULL,
  copied json NOT NULL,
  opened_at bigint
);

-- Bodies that were damaged before they were moved.
CREATE TABLE moved_damage (
  message_id text COLLATE "C" NOT NULL,
  chunk integer NOT NULL,
  damage text NOT NULL,
  PRIMARY KEY (message_id, chunk)
);
`;

const second = `
-- What the place of this database's bodies was marked with (../../keeping/whose-bodies.ts).
CREATE TABLE bodies_mark (mark text COLLATE "C" PRIMARY KEY, made_at bigint NOT NULL);
`;

/**
 * Version n of the store is reached by running texts 1 to n, each while nodes of the version before work: a column that is added may be
 * null, which those write there, and none goes that they write. A statement that takes longer than others may (20 seconds, database.ts)
 * needs more than is here.
 */
export const migrations: readonly string[] = [first, second];

/** Of locks of a transaction that makes tables: no other program's. */
export const TABLES_LOCK = 7_378_697_629;

/**
 * Any number of nodes may do it at once.
 *
 * @throws {MeshServerError} `store-too-new`
 */
export async function migrate(database: Database, to: readonly string[] = migrations): Promise<void> {
  await database.transact(async ({ ask }) => {
    await ask("SELECT pg_advisory_xact_lock($1)", [TABLES_LOCK]);
    await ask("CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)");
    const [row] = await ask("SELECT version FROM schema_version");
    const version = (row?.["version"] ?? 0) as number;
    if (version > to.length) {
      throw new MeshServerError(
        "store-too-new",
        `The store is of version ${version}, and this program knows ${to.length}: use a program as new as the one that wrote it.`,
      );
    }
    if (version === to.length) return;
    await ask(to.slice(version).join(""));
    await ask("DELETE FROM schema_version");
    await ask("INSERT INTO schema_version VALUES ($1)", [to.length]);
  });
}
