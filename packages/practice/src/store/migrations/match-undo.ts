/** The answer of a match by hand can be taken back like that of a decision: the match waits again. */
export const matchUndo: string = `
  CREATE TABLE undoable_before AS SELECT * FROM undoable;
  DROP TABLE undoable;
  -- See store/undoable.ts.
  CREATE TABLE undoable (
    header_id TEXT PRIMARY KEY REFERENCES outgoing (header_id),
    -- The answer of a decision or a match is taken back whole; what was held is held again, as it was.
    kind      TEXT NOT NULL CHECK (kind IN ('decision', 'match', 'held')),
    -- Of what was held: what its row had.
    due_at       TEXT,
    problem_code TEXT,
    problem      TEXT
  ) STRICT, WITHOUT ROWID;
  INSERT INTO undoable SELECT header_id, kind, due_at, problem_code, problem FROM undoable_before;
  DROP TABLE undoable_before;

  CREATE TRIGGER match_waits_again AFTER UPDATE OF waiting ON match_decision WHEN OLD.waiting = 0 AND NEW.waiting = 1 BEGIN
    UPDATE tally SET amount = amount + 1 WHERE name = 'match waiting';
    INSERT INTO review VALUES ('match', NEW.task_id, '') ON CONFLICT DO UPDATE SET due_at = '';
  END;
`;
