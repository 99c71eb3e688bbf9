/** What a retention needs: see docs/decisions/288-what-is-kept.md. */
export const retention: string = `
  -- What went of a task by its age, and when. The row of the task stays, and with it what a copy is known by.
  CREATE TABLE removed (
    task_id    INTEGER PRIMARY KEY REFERENCES task,
    message_at TEXT NOT NULL,
    -- When the rest of it went; from then on the state of the task is 'removed'.
    task_at    TEXT
  ) STRICT;

  -- What was last seen of the clock (durable, steady-clock.ts), with the settings that were held against it.
  CREATE TABLE retention_look (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    wall   INTEGER NOT NULL,
    steady INTEGER NOT NULL,
    days   TEXT NOT NULL
  ) STRICT;

  INSERT INTO tally VALUES ('task removed', 0), ('message removed', 0);
  CREATE TRIGGER removed_counted AFTER INSERT ON removed BEGIN
    UPDATE tally SET amount = amount + 1 WHERE name = 'message removed';
  END;
  CREATE TRIGGER matter_uncounted AFTER DELETE ON matter BEGIN
    UPDATE tally SET amount = amount - 1 WHERE name = 'matter ' || OLD.kind || ' ' || OLD.state;
  END;

  -- The list of all tasks shows those that are kept.
  DROP INDEX task_all;
  CREATE INDEX task_all ON task (task_id, state) WHERE state <> 'removed';
`;
