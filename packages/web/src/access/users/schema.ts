/** Times are ISO 8601 in UTC. A user is never removed: the audit knows them by their id. */
export const userTables: string = `
  CREATE TABLE user (
    id                     TEXT PRIMARY KEY,
    -- Folded: see names.ts.
    sign_in_name           TEXT NOT NULL UNIQUE,
    name                   TEXT NOT NULL,
    -- A JSON list.
    roles                  TEXT NOT NULL,
    disabled               INTEGER NOT NULL DEFAULT 0,
    added_at               TEXT NOT NULL,
    open_id_issuer         TEXT,
    open_id_subject        TEXT,
    -- What argon2id made of it, with its cost and salt: see passwords.ts.
    password               TEXT,
    -- Sealed: see sealed.ts.
    second_factor          BLOB,
    -- The last step of which a code was taken: none is taken twice.
    second_factor_step     INTEGER,
    -- Shown to its owner, and not confirmed yet.
    second_factor_begun    BLOB,
    second_factor_begun_at TEXT,
    CHECK ((open_id_issuer IS NULL) = (open_id_subject IS NULL)),
    UNIQUE (open_id_issuer, open_id_subject)
  ) STRICT;
  -- By it the secret of the audit is known to be the one that passwords and second factors were stored under.
  CREATE TABLE secret_proof (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    proof    BLOB NOT NULL
  ) STRICT;
`;
