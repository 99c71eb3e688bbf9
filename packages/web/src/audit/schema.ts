/**
 * Times are ISO 8601 in UTC. What is in it is never changed, and taken out only at its old end, where that is written down
 * (old-rows.ts): the triggers are for mistakes, the seals for whoever means it.
 */
export const auditTables: string = `
  CREATE TABLE audit (
    -- From 1, without gaps.
    sequence INTEGER PRIMARY KEY,
    at       TEXT NOT NULL,
    actor    TEXT NOT NULL,
    session  TEXT,
    source   TEXT NOT NULL,
    act      TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    -- A JSON list.
    subjects TEXT NOT NULL,
    -- See chain.ts.
    seal     BLOB NOT NULL
  ) STRICT;
  CREATE INDEX audit_actor ON audit (actor, sequence);
  CREATE INDEX audit_at ON audit (at);
  -- The same subjects, to find rows by.
  CREATE TABLE audit_subject (
    subject  TEXT NOT NULL,
    sequence INTEGER NOT NULL REFERENCES audit,
    PRIMARY KEY (subject, sequence)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is not changed'); END;
  CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is not removed'); END;
  CREATE TRIGGER audit_subject_is_not_changed BEFORE UPDATE ON audit_subject BEGIN SELECT RAISE(ABORT, 'the audit is not changed'); END;
  CREATE TRIGGER audit_subject_is_not_removed BEFORE DELETE ON audit_subject BEGIN SELECT RAISE(ABORT, 'the audit is not removed'); END;
`;

const unlessNamed = `WHEN NOT EXISTS (
    SELECT 1 FROM audit AS mark
    WHERE mark.sequence = (SELECT max(sequence) FROM audit) AND mark.act = 'remove-rows' AND mark.outcome = 'done'
      AND OLD.sequence <= CAST(substr(mark.subjects ->> '$[0]', length('up-to:') + 1) AS INTEGER))`;

/** Rows may go that the last row says are removed, and no others. */
export const auditRemoval: string = `
  CREATE INDEX audit_subject_sequence ON audit_subject (sequence);
  DROP TRIGGER audit_is_not_removed;
  DROP TRIGGER audit_subject_is_not_removed;
  CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit ${unlessNamed} BEGIN SELECT RAISE(ABORT, 'the audit is not removed'); END;
  CREATE TRIGGER audit_subject_is_not_removed BEFORE DELETE ON audit_subject ${unlessNamed} BEGIN SELECT RAISE(ABORT, 'the audit is not removed'); END;
`;
