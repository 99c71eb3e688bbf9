/**
 * What others are to be told, by email or a webhook, one row a notice and receiver, written by the transaction that does what it
 * tells of, whoever does it. Who is to be told stands in the database, by the settings of the last start: without that no process
 * but the one at work would know. A notice that was sent has no row.
 */

/** Of one receiver. What comes then is not kept: what waits longest is. */
export const mostNotices = 10_000;

const notify = (event: string, at: string): string => `
    UPDATE notice_receiver SET not_kept = not_kept + 1 WHERE events LIKE '% ${event} %' AND queued >= ${mostNotices};
    INSERT INTO notice (receiver, id, event, task_id, at, since)
      SELECT receiver, lower(hex(randomblob(16))), '${event}', NEW.task_id, ${at}, ${at}
      FROM notice_receiver WHERE events LIKE '% ${event} %' AND queued < ${mostNotices};`;

export const notices: string = `
  CREATE TABLE notice_receiver (
    receiver INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT NOT NULL,
    address  TEXT NOT NULL,
    -- Its place among those of its kind in the settings, from 1; 0: it is in them no more.
    place    INTEGER NOT NULL,
    -- Such as ' task-new task-unread '.
    events   TEXT NOT NULL,
    -- Kept by the triggers.
    queued   INTEGER NOT NULL DEFAULT 0,
    failed   INTEGER NOT NULL DEFAULT 0,
    not_kept INTEGER NOT NULL DEFAULT 0,
    -- Of all that is sent to it: how often in a row it did not answer, when it is next to be asked, and why not before.
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at   TEXT NOT NULL DEFAULT '',
    problem  TEXT,
    -- When it was last told by email of either kind, as JSON.
    mailed   TEXT NOT NULL DEFAULT '{}',
    UNIQUE (kind, address)
  ) STRICT;

  CREATE TABLE notice (
    notice_id INTEGER PRIMARY KEY AUTOINCREMENT,
    receiver  INTEGER NOT NULL REFERENCES notice_receiver,
    -- By which a receiver knows it again.
    id        TEXT NOT NULL,
    event     TEXT NOT NULL,
    task_id   INTEGER NOT NULL,
    at        TEXT NOT NULL,
    -- Since when it is to be sent.
    since     TEXT NOT NULL,
    -- 'waiting', or 'failed': given up, until a person says otherwise.
    state     TEXT NOT NULL DEFAULT 'waiting',
    attempts  INTEGER NOT NULL DEFAULT 0,
    due_at    TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE INDEX notice_due ON notice (receiver, state, due_at, notice_id);

  CREATE TRIGGER notice_queued AFTER INSERT ON notice BEGIN
    UPDATE notice_receiver SET queued = queued + 1 WHERE receiver = NEW.receiver;
  END;
  CREATE TRIGGER notice_moved AFTER UPDATE OF state ON notice WHEN OLD.state <> NEW.state BEGIN
    UPDATE notice_receiver SET failed = failed + iif(NEW.state = 'failed', 1, -1) WHERE receiver = NEW.receiver;
  END;
  CREATE TRIGGER notice_gone AFTER DELETE ON notice BEGIN
    UPDATE notice_receiver SET queued = queued - 1, failed = failed - (OLD.state = 'failed') WHERE receiver = OLD.receiver;
  END;

  CREATE TRIGGER notify_new AFTER INSERT ON task BEGIN
    ${notify("task-new", "(SELECT received_at FROM received WHERE message_id = NEW.message_id)")}
  END;
  CREATE TRIGGER notify_unread AFTER UPDATE OF told_at ON watched_task
  WHEN NEW.kind = 'unread' AND OLD.told_at IS NULL AND NEW.told_at IS NOT NULL BEGIN
    ${notify("task-unread", "NEW.told_at")}
  END;
  CREATE TRIGGER notify_overdue AFTER UPDATE OF told_at ON watched_task
  WHEN NEW.kind = 'overdue' AND OLD.told_at IS NULL AND NEW.told_at IS NOT NULL BEGIN
    ${notify("task-overdue", "NEW.told_at")}
  END;
  `;
