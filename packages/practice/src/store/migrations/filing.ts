/** What is saved, or is to be, as folders for a record system: see store/filings.ts, whose states these are. */
export const filing: string = `
  -- A row each time that somebody asks for it; of a task one at a time waits.
  CREATE TABLE filing (
    filing_id    INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id      INTEGER NOT NULL REFERENCES task,
    step         TEXT NOT NULL,
    -- 1 while it is to be saved: 'asked', 'whole' and 'doubtful'.
    waiting      INTEGER NOT NULL,
    folder       TEXT NOT NULL,
    asked_at     TEXT NOT NULL,
    asked_by     TEXT NOT NULL,
    asked_by_id  TEXT NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    due_at       TEXT NOT NULL,
    problem_code TEXT,
    problem      TEXT,
    -- As it was written last: also while nobody knows yet that it arrived.
    written_at   TEXT,
    digest       TEXT
  ) STRICT;
  CREATE UNIQUE INDEX filing_of ON filing (task_id) WHERE waiting = 1;
  CREATE INDEX filing_task ON filing (task_id, filing_id);
  CREATE INDEX filing_waiting ON filing (filing_id) WHERE waiting = 1;
  CREATE INDEX filing_whole ON filing (filing_id) WHERE step = 'whole';
  -- That it is saved is what whoever sees that it waits expects: it changes no act. That it fails is told as a matter.
  CREATE TRIGGER filing_asked AFTER INSERT ON filing BEGIN
    INSERT INTO thing_version VALUES ('task', NEW.task_id, 2) ON CONFLICT DO UPDATE SET version = version + 1;
  END;
  CREATE TRIGGER filing_stopped AFTER UPDATE OF step ON filing WHEN OLD.step <> 'stopped' AND NEW.step = 'stopped' BEGIN
    INSERT INTO thing_version VALUES ('task', NEW.task_id, 2) ON CONFLICT DO UPDATE SET version = version + 1;
  END;
  CREATE TRIGGER filing_moved AFTER UPDATE OF step, problem ON filing
  WHEN NEW.attempts > 0 AND (OLD.step <> NEW.step OR OLD.problem IS NOT NEW.problem) BEGIN
    INSERT INTO review VALUES ('filing', NEW.task_id, '') ON CONFLICT DO UPDATE SET due_at = '';
  END;
`;
