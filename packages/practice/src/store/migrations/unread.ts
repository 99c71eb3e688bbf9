/**
 * What a task is watched for, in a narrow table with a row only for as long as it is: what nobody has opened, and what is due.
 * Whoever writes a task, or its work, or that it was opened, keeps it so by the triggers.
 */
export const unread: string = `
  -- When a person who may act first opened it.
  CREATE TABLE task_opened (
    task_id INTEGER PRIMARY KEY REFERENCES task,
    at      TEXT NOT NULL,
    by_id   TEXT NOT NULL,
    by_name TEXT NOT NULL
  ) STRICT;

  CREATE TABLE watched_task (
    task_id INTEGER NOT NULL REFERENCES task,
    -- 'unread' or 'overdue'.
    kind    TEXT NOT NULL,
    -- When it came, or the day on which it is due.
    at      TEXT NOT NULL,
    -- When it was told. It is then in the list until it is watched no more.
    told_at TEXT,
    logged  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (task_id, kind)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX watched_untold ON watched_task (kind, at) WHERE told_at IS NULL;
  CREATE INDEX watched_told ON watched_task (task_id, told_at) WHERE told_at IS NOT NULL;
  CREATE INDEX watched_to_log ON watched_task (task_id) WHERE told_at IS NOT NULL AND logged = 0;
  INSERT INTO tally VALUES ('unread', 0);

  -- What could not be read may be for action.
  INSERT INTO watched_task (task_id, kind, at)
    SELECT task_id, 'unread', received_at FROM task CROSS JOIN received USING (message_id)
    WHERE task.state = 'open' AND summary ->> '$.recipientType' IS NOT 'FI';
  INSERT INTO watched_task (task_id, kind, at)
    SELECT task_id, 'overdue', due_on FROM task_work CROSS JOIN task USING (task_id) WHERE state = 'open' AND due_on IS NOT NULL;

  CREATE TRIGGER watch_new AFTER INSERT ON task
  WHEN NEW.state = 'open' AND NEW.summary ->> '$.recipientType' IS NOT 'FI' BEGIN
    INSERT INTO watched_task (task_id, kind, at)
      SELECT NEW.task_id, 'unread', received_at FROM received WHERE message_id = NEW.message_id;
  END;
  CREATE TRIGGER watch_opened AFTER INSERT ON task_opened BEGIN
    DELETE FROM watched_task WHERE task_id = NEW.task_id AND kind = 'unread';
  END;
  CREATE TRIGGER watch_ended AFTER UPDATE OF state ON task WHEN OLD.state = 'open' AND NEW.state <> 'open' BEGIN
    DELETE FROM watched_task WHERE task_id = NEW.task_id;
  END;
  -- A person had it in hand: it is not unread again, but may be due.
  CREATE TRIGGER watch_reopened AFTER UPDATE OF state ON task WHEN OLD.state <> 'open' AND NEW.state = 'open' BEGIN
    INSERT INTO watched_task (task_id, kind, at)
      SELECT task_id, 'overdue', due_on FROM task_work WHERE task_id = NEW.task_id AND due_on IS NOT NULL;
  END;
  CREATE TRIGGER watch_due AFTER INSERT ON task_work WHEN NEW.due_on IS NOT NULL BEGIN
    INSERT INTO watched_task (task_id, kind, at)
      SELECT task_id, 'overdue', NEW.due_on FROM task WHERE task_id = NEW.task_id AND state = 'open';
  END;
  CREATE TRIGGER watch_due_moved AFTER UPDATE OF due_on ON task_work WHEN OLD.due_on IS NOT NEW.due_on BEGIN
    DELETE FROM watched_task WHERE task_id = NEW.task_id AND kind = 'overdue';
    INSERT INTO watched_task (task_id, kind, at)
      SELECT task_id, 'overdue', NEW.due_on FROM task WHERE task_id = NEW.task_id AND state = 'open' AND NEW.due_on IS NOT NULL;
  END;

  -- As many tasks as were told, each once.
  CREATE TRIGGER watched_counted AFTER UPDATE OF told_at ON watched_task WHEN OLD.told_at IS NULL AND NEW.told_at IS NOT NULL BEGIN
    UPDATE tally SET amount = amount + 1 WHERE name = 'unread' AND NOT EXISTS (
      SELECT 1 FROM watched_task WHERE task_id = NEW.task_id AND kind <> NEW.kind AND told_at IS NOT NULL);
  END;
  CREATE TRIGGER watched_uncounted AFTER DELETE ON watched_task WHEN OLD.told_at IS NOT NULL BEGIN
    UPDATE tally SET amount = amount - 1 WHERE name = 'unread' AND NOT EXISTS (
      SELECT 1 FROM watched_task WHERE task_id = OLD.task_id AND told_at IS NOT NULL);
  END;
  `;
