/** Times are ISO 8601 in UTC, by the machine's own clock. */
export const sessionTables: string = `
  CREATE TABLE session (
    -- SHA-256 of what the browser has: whoever reads this table can sign in with none of it.
    cookie     BLOB PRIMARY KEY,
    -- What the audit knows it by.
    session    TEXT NOT NULL,
    user       TEXT NOT NULL,
    started_at TEXT NOT NULL,
    used_at    TEXT NOT NULL,
    -- The address that it was begun from.
    source     TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX session_user ON session (user);
  CREATE TABLE sign_in_failure (
    -- A keyed digest: what was typed as a name may be a password.
    who      BLOB PRIMARY KEY,
    failures INTEGER NOT NULL,
    -- Of the last one.
    at       TEXT NOT NULL,
    -- Whether somebody has been refused since without being looked at: the audit has the first of these.
    refused  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sign_in_failure_at ON sign_in_failure (at);
`;

/** Sign-ins from before have no words. */
export const sessionBrowsers: string = "ALTER TABLE session ADD COLUMN browser TEXT NOT NULL DEFAULT ''";

/** Of whoever is signed in by then nobody knows by what: they sign in again. */
export const sessionWays: string = `
  DELETE FROM session;
  -- Whether an issuer of OpenID Connect said who it is, and no password was asked for.
  ALTER TABLE session ADD COLUMN by_issuer INTEGER NOT NULL DEFAULT 0;
`;
