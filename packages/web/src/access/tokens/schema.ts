/** Times are ISO 8601 in UTC. A token is never removed, nor its name given again: the audit knows it by that. */
export const tokenTables: string = `
  CREATE TABLE token (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    -- A JSON list.
    roles      TEXT NOT NULL,
    -- SHA-256 of what the program has: whoever reads this table can ask with none of it.
    digest     BLOB NOT NULL,
    added_at   TEXT NOT NULL,
    ends_at    TEXT NOT NULL,
    revoked_at TEXT,
    -- Within an hour or so.
    used_at    TEXT
  ) STRICT;
`;
