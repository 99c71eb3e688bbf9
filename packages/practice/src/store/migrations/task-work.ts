/**
 * What people at work have set about a task. Beside it, and not in its row: most tasks have none of it, and a list reads a
 * task's row as far as its long columns begin.
 */
export const taskWork: string = `
  -- A row once something was set, and nothing of it is a fact of the message.
  CREATE TABLE task_work (
    task_id       INTEGER PRIMARY KEY REFERENCES task,
    -- See Assignee. All three or none.
    assignee_kind TEXT,
    assignee_id   TEXT,
    assignee_name TEXT,
    priority      TEXT,
    -- ISO date.
    due_on        TEXT,
    -- Why it was completed, while it is.
    reason        TEXT
  ) STRICT;
  CREATE TRIGGER work_began AFTER INSERT ON task_work BEGIN
    INSERT INTO thing_version VALUES ('task', NEW.task_id, 2) ON CONFLICT DO UPDATE SET version = version + 1;
  END;
  CREATE TRIGGER work_grew AFTER UPDATE OF assignee_kind, assignee_id, priority, due_on, reason ON task_work
  WHEN OLD.assignee_kind IS NOT NEW.assignee_kind OR OLD.assignee_id IS NOT NEW.assignee_id
    OR OLD.priority IS NOT NEW.priority OR OLD.due_on IS NOT NEW.due_on OR OLD.reason IS NOT NEW.reason BEGIN
    INSERT INTO thing_version VALUES ('task', NEW.task_id, 2) ON CONFLICT DO UPDATE SET version = version + 1;
  END;

  -- Why a task was completed, also when it has been opened again since.
  ALTER TABLE act ADD COLUMN reason TEXT;
`;
