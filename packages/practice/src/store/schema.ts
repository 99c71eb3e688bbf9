import { documentsComeBack } from "./migrations/documents-come-back.ts";
import { firstTables } from "./migrations/first-tables.ts";
import { taskWork } from "./migrations/task-work.ts";
import { undoable } from "./migrations/undoable.ts";
import { filing } from "./migrations/filing.ts";
import { cameLater } from "./migrations/came-later.ts";
import { consultationDate } from "./migrations/consultation-date.ts";
import { documentViews } from "./migrations/document-views.ts";
import { likeness } from "./migrations/likeness.ts";
import { matchUndo } from "./migrations/match-undo.ts";
import { matchDecision } from "./migrations/match-decision.ts";
import { reportStanding } from "./migrations/report-standing.ts";
import { retention } from "./migrations/retention.ts";
import { notices } from "./migrations/notices.ts";
import { taskFacets } from "./migrations/task-facets.ts";
import { workFacets } from "./migrations/work-facets.ts";
import { unread } from "./migrations/unread.ts";

/**
 * The practice's database, one statement list a version: version n is reached by running lists 1 to n.
 *
 * Times are ISO 8601 in UTC. `content` is a message whole, as it was sent or received. No statement that is run at every
 * pass or for every page may read a large table from end to end: test/store/query-plans.test.ts looks at each.
 */
export const migrations: readonly string[] = [
  ...firstTables,
  `
  -- What needs a person's attention: raised when it happens, and a person's word on it is kept. See store/matters.ts.
  CREATE TABLE matter (
    kind       TEXT NOT NULL,
    -- The task, the sequence of the report, or the stray.
    id         INTEGER NOT NULL,
    state      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    -- What has happened, as a JSON list of keys: one that is not in it is something new.
    happenings TEXT NOT NULL,
    raised_at  TEXT NOT NULL,
    dealt_at   TEXT,
    dealt_by   TEXT,
    note       TEXT,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX matter_needed ON matter (kind, id) WHERE state IN ('new', 'seen');
  CREATE INDEX matter_dealt ON matter (kind, id) WHERE state = 'dealt-with';
  CREATE INDEX matter_told ON matter (kind, id) WHERE state <> 'over';

  -- What persons did, for good.
  CREATE TABLE act (
    act_id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind   TEXT NOT NULL,
    id     INTEGER NOT NULL,
    at     TEXT NOT NULL,
    person TEXT NOT NULL,
    act    TEXT NOT NULL,
    about  TEXT,
    note   TEXT
  ) STRICT;
  CREATE INDEX act_of ON act (kind, id, act_id);

  -- What may belong to nothing that was sent from here: responses not believed, and MESH reports of failure.
  CREATE TABLE stray (
    stray_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id TEXT NOT NULL UNIQUE REFERENCES received
  ) STRICT;
  INSERT INTO stray (message_id)
    SELECT message_id FROM received LEFT JOIN mesh_report USING (message_id)
    WHERE received.kind = 'stray-response' OR (received.kind = 'mesh-report' AND success = 0)
    ORDER BY received_at, message_id;

  -- What is to be looked at, now (an empty due_at) or when its answer is overdue: see queries/review.ts. Written by the
  -- transaction in which something happens, whoever writes it.
  CREATE TABLE review (
    kind   TEXT NOT NULL,
    id     INTEGER NOT NULL,
    due_at TEXT NOT NULL,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX review_due ON review (due_at);
  CREATE TRIGGER outgoing_added AFTER INSERT ON outgoing BEGIN
    INSERT OR REPLACE INTO review VALUES ('outgoing', NEW.sequence, '');
  END;
  CREATE TRIGGER outgoing_moved AFTER UPDATE OF step, message_id, problem ON outgoing
  WHEN OLD.step <> NEW.step OR OLD.message_id IS NOT NEW.message_id OR OLD.problem IS NOT NEW.problem BEGIN
    INSERT OR REPLACE INTO review VALUES ('outgoing', NEW.sequence, '');
  END;
  CREATE TRIGGER response_believed AFTER INSERT ON received_response BEGIN
    INSERT OR REPLACE INTO review SELECT 'outgoing', sequence, '' FROM outgoing WHERE header_id = NEW.header_id;
  END;
  -- Where an insert has a trigger SQLite looks for children of the new row: without this it reads all answers each time.
  CREATE INDEX received_response_message ON received_response (message_id);
  CREATE TRIGGER response_not_believed AFTER INSERT ON received WHEN NEW.kind = 'stray-response' BEGIN
    INSERT INTO stray (message_id) VALUES (NEW.message_id);
  END;
  CREATE TRIGGER failure_reported AFTER INSERT ON mesh_report WHEN NEW.success = 0 BEGIN
    INSERT INTO stray (message_id) VALUES (NEW.message_id);
  END;
  CREATE TRIGGER stray_added AFTER INSERT ON stray BEGIN
    INSERT OR REPLACE INTO review VALUES ('stray', NEW.stray_id, '');
  END;
  INSERT INTO review SELECT 'stray', stray_id, '' FROM stray;
  INSERT INTO review SELECT 'outgoing', sequence, '' FROM outgoing
    WHERE kind = 'report' AND NOT EXISTS (
      SELECT 1 FROM received_response AS answer
      WHERE answer.header_id = outgoing.header_id AND level = 'business' AND positive = 1);
  INSERT INTO review SELECT 'outgoing', sequence, '' FROM outgoing
    WHERE kind = 'response' AND (step <> 'sent'
      OR EXISTS (SELECT 1 FROM mesh_report WHERE linked_message_id = outgoing.message_id AND success = 0)
      OR EXISTS (SELECT 1 FROM received_response AS answer WHERE answer.header_id = outgoing.header_id AND positive = 0));

  -- Messages that came again, whose answers are in trouble, or were: see store/copies.ts.
  CREATE TABLE troubled_copy (
    message_id TEXT PRIMARY KEY REFERENCES received,
    task_id    INTEGER NOT NULL REFERENCES task,
    over       INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX troubled_copy_task ON troubled_copy (task_id, over, message_id);

  -- How many there are of what the pages count, so that no page counts rows.
  CREATE TABLE tally (
    name   TEXT PRIMARY KEY,
    amount INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO tally
    SELECT 'task ' || value, (SELECT count(*) FROM task WHERE state = value) FROM json_each('["open","completed","replaced"]');
  INSERT INTO tally SELECT 'report', count(*) FROM report;
  INSERT INTO tally
    SELECT kinds.value || ' ' || states.value, 0
    FROM json_each('["matter task","matter report","matter stray"]') AS kinds
    CROSS JOIN json_each('["new","seen","dealt-with","over"]') AS states;
  CREATE TRIGGER task_counted AFTER INSERT ON task BEGIN
    UPDATE tally SET amount = amount + 1 WHERE name = 'task ' || NEW.state;
  END;
  CREATE TRIGGER task_recounted AFTER UPDATE OF state ON task WHEN OLD.state <> NEW.state BEGIN
    UPDATE tally SET amount = amount - 1 WHERE name = 'task ' || OLD.state;
    UPDATE tally SET amount = amount + 1 WHERE name = 'task ' || NEW.state;
  END;
  CREATE TRIGGER report_counted AFTER INSERT ON report BEGIN
    UPDATE tally SET amount = amount + 1 WHERE name = 'report';
  END;
  CREATE TRIGGER matter_counted AFTER INSERT ON matter BEGIN
    UPDATE tally SET amount = amount + 1 WHERE name = 'matter ' || NEW.kind || ' ' || NEW.state;
  END;
  CREATE TRIGGER matter_recounted AFTER UPDATE OF state ON matter WHEN OLD.state <> NEW.state BEGIN
    UPDATE tally SET amount = amount - 1 WHERE name = 'matter ' || OLD.kind || ' ' || OLD.state;
    UPDATE tally SET amount = amount + 1 WHERE name = 'matter ' || NEW.kind || ' ' || NEW.state;
  END;

  -- The way that a message has left by, and the name of where it goes, as far as they are known.
  ALTER TABLE outgoing ADD COLUMN via TEXT;
  ALTER TABLE outgoing ADD COLUMN to_name TEXT;
  UPDATE outgoing SET via = CASE
    WHEN step IN ('sending', 'held') OR (step = 'sent' AND handed_over_at = sent_at) THEN 'api'
    WHEN step IN ('staged', 'handed-over', 'sent') OR handed_over_at IS NOT NULL THEN 'directory' END;
  CREATE INDEX outgoing_kind ON outgoing (kind);
  CREATE INDEX outgoing_failed ON outgoing (to_address, workflow_id) WHERE step = 'failed';
  CREATE INDEX mesh_report_unlinked ON mesh_report (to_address) WHERE linked_message_id IS NULL;

  -- The long columns last: a list reads a row only as far as they begin.
  ALTER TABLE task ADD COLUMN finding_count INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE task ADD COLUMN attachment_count INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE task ADD COLUMN all_findings TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE task ADD COLUMN all_attachments TEXT NOT NULL DEFAULT '[]';
  UPDATE task SET finding_count = json_array_length(findings), attachment_count = json_array_length(attachments),
    all_findings = findings, all_attachments = attachments;
  ALTER TABLE task DROP COLUMN findings;
  ALTER TABLE task DROP COLUMN attachments;
  ALTER TABLE task RENAME COLUMN all_findings TO findings;
  ALTER TABLE task RENAME COLUMN all_attachments TO attachments;
  `,
  `
  -- What a person acts on is what they saw: see docs/decisions/103-acts-on-what-was-seen.md. A thing that has no row here
  -- is as it was first stored, in version 1. An upsert is not changed by the OR REPLACE of who sets its trigger off.
  CREATE TABLE thing_version (
    kind    TEXT NOT NULL,
    -- As in matter.
    id      INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER task_grew AFTER UPDATE OF state, replaced_by, match_outcome ON task
  WHEN OLD.state <> NEW.state OR OLD.replaced_by IS NOT NEW.replaced_by OR OLD.match_outcome <> NEW.match_outcome BEGIN
    INSERT INTO thing_version VALUES ('task', NEW.task_id, 2) ON CONFLICT DO UPDATE SET version = version + 1;
  END;
  CREATE TRIGGER answer_grew AFTER INSERT ON given_response WHEN NEW.level = 'business' BEGIN
    INSERT INTO thing_version SELECT 'task', task_id, 2 FROM task WHERE message_id = NEW.request_message_id
      ON CONFLICT DO UPDATE SET version = version + 1;
  END;
  CREATE TRIGGER response_grew AFTER INSERT ON received_response BEGIN
    INSERT INTO thing_version SELECT 'report', sequence, 2 FROM outgoing WHERE header_id = NEW.header_id AND kind = 'report'
      ON CONFLICT DO UPDATE SET version = version + 1;
  END;
  -- That a message goes on its way matters to no act; that it does not, and that it is sent after all, does.
  CREATE TRIGGER outgoing_grew AFTER UPDATE OF step ON outgoing
  WHEN OLD.step <> NEW.step AND (OLD.step IN ('held', 'failed') OR NEW.step IN ('held', 'failed')) BEGIN
    INSERT INTO thing_version SELECT 'report', NEW.sequence, 2 WHERE NEW.kind = 'report'
      ON CONFLICT DO UPDATE SET version = version + 1;
    INSERT INTO thing_version
      SELECT 'task', task_id, 2 FROM given_response CROSS JOIN task ON task.message_id = request_message_id
      WHERE given_response.header_id = NEW.header_id
      ON CONFLICT DO UPDATE SET version = version + 1;
    INSERT INTO thing_version
      SELECT 'task', task_id, 2 FROM given_response CROSS JOIN troubled_copy ON troubled_copy.message_id = request_message_id
      WHERE given_response.header_id = NEW.header_id
      ON CONFLICT DO UPDATE SET version = version + 1;
  END;
  CREATE TRIGGER matter_began AFTER INSERT ON matter BEGIN
    INSERT INTO thing_version VALUES (NEW.kind, NEW.id, 2) ON CONFLICT DO UPDATE SET version = version + 1;
  END;
  -- That somebody has opened its page is no news about it.
  CREATE TRIGGER matter_grew AFTER UPDATE OF state, reason, happenings, raised_at ON matter
  WHEN OLD.reason <> NEW.reason OR OLD.happenings <> NEW.happenings OR OLD.raised_at <> NEW.raised_at
    OR (OLD.state <> NEW.state AND NOT (OLD.state = 'new' AND NEW.state = 'seen')) BEGIN
    INSERT INTO thing_version VALUES (NEW.kind, NEW.id, 2) ON CONFLICT DO UPDATE SET version = version + 1;
  END;

  -- Who a person is, beside what they are called; the version that they acted on, and the one that it led to.
  ALTER TABLE act ADD COLUMN actor_id TEXT NOT NULL DEFAULT 'this-computer';
  ALTER TABLE act ADD COLUMN version INTEGER;
  ALTER TABLE act ADD COLUMN version_after INTEGER;
  ALTER TABLE matter ADD COLUMN dealt_by_id TEXT;
  UPDATE matter SET dealt_by_id = 'this-computer' WHERE dealt_by IS NOT NULL;

  -- To turn the pages of a list without a look at what is not shown: a condition is held against its index alone.
  CREATE INDEX task_all ON task (task_id);
  DROP INDEX matter_needed;
  CREATE INDEX matter_needed ON matter (kind, id, state) WHERE state IN ('new', 'seen');
  DROP INDEX matter_told;
  CREATE INDEX matter_told ON matter (kind, id, state) WHERE state <> 'over';

  -- What tasks, reports and strays are searched by: words alone, no text. Who sent a confidential document is shown
  -- nowhere, and found by nobody.
  CREATE VIRTUAL TABLE task_words USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2');
  CREATE VIRTUAL TABLE report_words USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2');
  CREATE VIRTUAL TABLE stray_words USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2');
  CREATE VIEW task_text AS
    SELECT task_id, concat_ws(' ', subject, summary ->> '$.patient.family',
      (SELECT group_concat(value, ' ') FROM json_each(summary, '$.patient.given')),
      summary ->> '$.patient.nhsNumber',
      CASE WHEN coalesce(summary ->> '$.confidential', 0) = 0 THEN concat_ws(' ', from_mailbox,
        summary ->> '$.organisation.name', summary ->> '$.organisation.odsCode', summary ->> '$.practitioner') END) AS words
    FROM task CROSS JOIN received USING (message_id);
  CREATE VIEW report_text AS
    SELECT sequence, header_id, concat_ws(' ', subject, to_ods, to_address, to_name) AS words
    FROM outgoing WHERE kind = 'report';
  CREATE VIEW stray_text AS
    SELECT stray_id, stray.message_id AS message_id, concat_ws(' ', stray.message_id, from_mailbox, workflow_id, subject,
      linked_message_id, mesh_report.code, mesh_report.text, unbelieved.code, unbelieved.text) AS words
    FROM stray CROSS JOIN received USING (message_id)
      LEFT JOIN mesh_report USING (message_id) LEFT JOIN unbelieved USING (message_id);
  INSERT INTO task_words (rowid, words) SELECT task_id, words FROM task_text;
  INSERT INTO report_words (rowid, words) SELECT sequence, words FROM report_text;
  INSERT INTO stray_words (rowid, words) SELECT stray_id, words FROM stray_text;
  CREATE TRIGGER task_found AFTER INSERT ON task BEGIN
    INSERT INTO task_words (rowid, words) SELECT task_id, words FROM task_text WHERE task_id = NEW.task_id;
  END;
  CREATE TRIGGER report_found AFTER INSERT ON outgoing WHEN NEW.kind = 'report' BEGIN
    INSERT INTO report_words (rowid, words) SELECT sequence, words FROM report_text WHERE sequence = NEW.sequence;
  END;
  CREATE TRIGGER report_addressed AFTER UPDATE OF to_address, to_name ON outgoing WHEN NEW.kind = 'report' BEGIN
    DELETE FROM report_words WHERE rowid = NEW.sequence;
    INSERT INTO report_words (rowid, words) SELECT sequence, words FROM report_text WHERE sequence = NEW.sequence;
  END;
  CREATE TRIGGER stray_found AFTER INSERT ON stray BEGIN
    INSERT INTO stray_words (rowid, words) SELECT stray_id, words FROM stray_text WHERE stray_id = NEW.stray_id;
  END;
  CREATE TRIGGER stray_read AFTER INSERT ON unbelieved BEGIN
    DELETE FROM stray_words WHERE rowid IN (SELECT stray_id FROM stray WHERE message_id = NEW.message_id);
    INSERT INTO stray_words (rowid, words) SELECT stray_id, words FROM stray_text WHERE message_id = NEW.message_id;
  END;
  `,
  `
  -- What was taken in as a document, by the keys of its ids (id_key is idKey of itk3): what has one of them is a copy. Two
  -- that were taken in for two before there were keys may share one, and both stay. In the order in which they came.
  CREATE TABLE accepted (
    message_id   TEXT PRIMARY KEY REFERENCES received,
    header_key   TEXT,
    document_key TEXT
  ) STRICT;
  INSERT INTO accepted
    SELECT message_id, CASE WHEN header_id IS NOT NULL THEN id_key(header_id) END,
      CASE WHEN document_id IS NOT NULL THEN id_key(document_id) END
    FROM received WHERE kind = 'document' ORDER BY rowid;
  CREATE INDEX accepted_header ON accepted (header_key);
  CREATE INDEX accepted_document ON accepted (document_key);

  -- Messages that came again, and the task of the document that each repeats. Until now that was the one of its own letters.
  CREATE TABLE copy (
    message_id TEXT PRIMARY KEY REFERENCES received,
    task_id    INTEGER NOT NULL REFERENCES task
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX copy_task ON copy (task_id, message_id);
  INSERT OR IGNORE INTO copy
    SELECT later.message_id, task_id FROM received AS later
    CROSS JOIN accepted ON header_key = id_key(later.header_id)
    CROSS JOIN received AS earlier ON earlier.message_id = accepted.message_id AND earlier.header_id = later.header_id
    CROSS JOIN task ON task.message_id = accepted.message_id
    WHERE later.kind = 'duplicate-message' AND later.header_id IS NOT NULL;
  INSERT OR IGNORE INTO copy
    SELECT later.message_id, task_id FROM received AS later
    CROSS JOIN accepted ON document_key = id_key(later.document_id)
    CROSS JOIN received AS earlier ON earlier.message_id = accepted.message_id AND earlier.document_id = later.document_id
    CROSS JOIN task ON task.message_id = accepted.message_id
    WHERE later.kind = 'duplicate-document' AND later.document_id IS NOT NULL;
  DROP INDEX received_header;
  DROP INDEX received_document;

  -- The keys of what a document replaces, and may be replaced by, were in small letters whether they were UUIDs or not, and
  -- not trimmed. Those of UUIDs are right as they are; what the others were is in the messages.
  INSERT OR IGNORE INTO reread (kind, owner)
    SELECT 'keys', message_id FROM task WHERE task_id IN (
      SELECT task_id FROM document_id WHERE id_key(upper(id)) <> id
      UNION SELECT task_id FROM replaces WHERE id_key(upper(target)) <> target);
  `,
  documentsComeBack,
  matchDecision,
  likeness,
  documentViews,
  retention,
  taskWork,
  undoable,
  taskFacets,
  workFacets,
  filing,
  reportStanding,
  unread,
  notices,
  matchUndo,
  consultationDate,
  cameLater,
];
