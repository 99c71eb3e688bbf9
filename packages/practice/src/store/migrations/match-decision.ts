/** What a person decides of a match, and what waits for that: narrow, and apart from the tasks, which lists read. */
export const matchDecision: string = `
  -- What there is to know of the match of a task's patient besides its outcome; most have no row.
  CREATE TABLE match_decision (
    task_id       INTEGER PRIMARY KEY REFERENCES task,
    -- Why the register did not settle it: see MatchDoubt. Absent: it did, and a person decided otherwise.
    doubt         TEXT,
    -- When it was looked up.
    since         TEXT NOT NULL,
    -- A person is to decide, and nothing is answered before.
    waiting       INTEGER NOT NULL,
    -- How often it has been told that it waits, to the people of the pages and in the log: see queries/waiting-matches.ts.
    told          INTEGER NOT NULL DEFAULT 0,
    logged        INTEGER NOT NULL DEFAULT 0,
    decided_at    TEXT,
    decided_by    TEXT,
    decided_by_id TEXT
  ) STRICT;
  CREATE INDEX match_waiting ON match_decision (waiting) WHERE waiting = 1;
  CREATE INDEX match_to_log ON match_decision (task_id) WHERE waiting = 1 AND told > logged;
  INSERT INTO tally VALUES ('match waiting', 0);
  -- Upserts both: what sets a trigger off may be one itself, and its conflicts are resolved in the trigger as in it.
  CREATE TRIGGER match_waits AFTER INSERT ON match_decision WHEN NEW.waiting = 1 BEGIN
    UPDATE tally SET amount = amount + 1 WHERE name = 'match waiting';
    INSERT INTO review VALUES ('match', NEW.task_id, '') ON CONFLICT DO UPDATE SET due_at = '';
  END;
  CREATE TRIGGER match_decided AFTER UPDATE OF waiting ON match_decision WHEN OLD.waiting = 1 AND NEW.waiting = 0 BEGIN
    UPDATE tally SET amount = amount - 1 WHERE name = 'match waiting';
    INSERT INTO review VALUES ('match', NEW.task_id, '') ON CONFLICT DO UPDATE SET due_at = '';
  END;
  `;
