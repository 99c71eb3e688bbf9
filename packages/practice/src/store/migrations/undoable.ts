/** What a person sends can be taken back until it begins to leave. */
export const undoable: string = `
  -- What a person has told to be sent and has not begun to leave: a row while its message waits at 'due', until the
  -- hand-over takes it up: see store/undoable.ts.
  CREATE TABLE undoable (
    header_id TEXT PRIMARY KEY REFERENCES outgoing (header_id),
    -- The answer of a decision is taken back whole; what was held is held again, as it was.
    kind      TEXT NOT NULL CHECK (kind IN ('decision', 'held')),
    -- Of what was held: what its row had.
    due_at       TEXT,
    problem_code TEXT,
    problem      TEXT
  ) STRICT, WITHOUT ROWID;
`;
