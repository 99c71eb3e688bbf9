/** The first steps of the schema: see schema.ts. */
export const firstTables: readonly string[] = [
  `
  -- Everything that arrived, once each: its key is what makes a repeat a repeat.
  CREATE TABLE received (
    message_id   TEXT PRIMARY KEY,
    received_at  TEXT NOT NULL,
    -- The mailbox of ours that it came to, and by which it is answered.
    mailbox_id   TEXT NOT NULL,
    from_mailbox TEXT,
    workflow_id  TEXT NOT NULL,
    subject      TEXT NOT NULL,
    -- See ReceivedKind.
    kind         TEXT NOT NULL,
    header_id    TEXT,
    document_id  TEXT,
    -- Why it was refused, set aside or not believed.
    reason       TEXT,
    -- A body longer than is read lies in the folder "kept" instead.
    content      BLOB
  ) STRICT;
  CREATE INDEX received_header ON received (header_id) WHERE kind = 'document';
  CREATE INDEX received_document ON received (document_id) WHERE kind = 'document';

  CREATE TABLE task (
    task_id        INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id     TEXT NOT NULL UNIQUE REFERENCES received,
    kind           TEXT NOT NULL,
    state          TEXT NOT NULL,
    completed_at   TEXT,
    -- What the message says of itself, as JSON: see MessageSummary.
    summary        TEXT NOT NULL,
    findings       TEXT NOT NULL,
    attachments    TEXT NOT NULL,
    match_outcome  TEXT NOT NULL,
    match_due      INTEGER NOT NULL,
    -- A business response is asked for, or may be: the flag is true or unreadable, and the document is acceptable.
    business_asked INTEGER NOT NULL,
    replaced_by    INTEGER REFERENCES task
  ) STRICT;
  CREATE INDEX task_match_due ON task (task_id) WHERE match_due = 1;
  CREATE INDEX task_open ON task (state, task_id);

  -- What a document replaces: ids of earlier documents, as the sender wrote them.
  CREATE TABLE replaces (
    target  TEXT NOT NULL,
    task_id INTEGER NOT NULL REFERENCES task,
    PRIMARY KEY (target, task_id)
  ) STRICT, WITHOUT ROWID;

  -- The ids by which a later document may name this one.
  CREATE TABLE document_id (
    id      TEXT NOT NULL,
    task_id INTEGER NOT NULL REFERENCES task,
    PRIMARY KEY (id, task_id)
  ) STRICT, WITHOUT ROWID;

  -- Everything that is sent, reports and responses: see hand-over/states.ts.
  CREATE TABLE outgoing (
    sequence       INTEGER PRIMARY KEY AUTOINCREMENT,
    header_id      TEXT NOT NULL UNIQUE,
    kind           TEXT NOT NULL,
    -- The mailbox of ours that it leaves by.
    mailbox_id     TEXT NOT NULL,
    to_ods         TEXT,
    -- A mailbox id or a routing address. Absent until the mailbox of to_ods has been looked up.
    to_address     TEXT,
    workflow_id    TEXT NOT NULL,
    subject        TEXT NOT NULL,
    local_id       TEXT NOT NULL,
    content        BLOB NOT NULL,
    step           TEXT NOT NULL,
    attempts       INTEGER NOT NULL DEFAULT 0,
    due_at         TEXT NOT NULL,
    built_at       TEXT NOT NULL,
    handed_over_at TEXT,
    sent_at        TEXT,
    message_id     TEXT UNIQUE,
    problem_code   TEXT,
    problem        TEXT
  ) STRICT;
  CREATE INDEX outgoing_unfinished ON outgoing (mailbox_id, step, due_at) WHERE step NOT IN ('sent', 'failed');

  CREATE TABLE report (
    header_id              TEXT PRIMARY KEY REFERENCES outgoing (header_id),
    document_id            TEXT NOT NULL,
    document_identifier    TEXT NOT NULL,
    composition_identifier TEXT NOT NULL,
    consultation_id        TEXT NOT NULL,
    kind                   TEXT NOT NULL,
    version                INTEGER NOT NULL,
    attachments            TEXT NOT NULL
  ) STRICT;
  CREATE INDEX report_consultation ON report (consultation_id, version);

  -- The answers we give. One a message and level, whatever happens.
  CREATE TABLE given_response (
    header_id          TEXT PRIMARY KEY REFERENCES outgoing (header_id),
    request_message_id TEXT NOT NULL REFERENCES received (message_id),
    request_header_id  TEXT,
    level              TEXT NOT NULL,
    code               TEXT NOT NULL,
    text               TEXT NOT NULL,
    positive           INTEGER NOT NULL,
    UNIQUE (request_message_id, level)
  ) STRICT;

  -- The answers we get and believe. One a message of ours and level.
  CREATE TABLE received_response (
    header_id   TEXT NOT NULL REFERENCES outgoing (header_id),
    level       TEXT NOT NULL,
    message_id  TEXT NOT NULL REFERENCES received,
    code        TEXT NOT NULL,
    text        TEXT NOT NULL,
    diagnostics TEXT,
    positive    INTEGER NOT NULL,
    PRIMARY KEY (header_id, level)
  ) STRICT, WITHOUT ROWID;

  -- What MESH says of our messages. Belongs to the outgoing message with this message id, whichever was stored first;
  -- about a pair that was never accepted there is none, and the words of its control file must do.
  CREATE TABLE mesh_report (
    message_id        TEXT PRIMARY KEY REFERENCES received,
    linked_message_id TEXT,
    to_address        TEXT,
    event             TEXT NOT NULL,
    success           INTEGER NOT NULL,
    code              TEXT NOT NULL,
    text              TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX mesh_report_linked ON mesh_report (linked_message_id);
  `,
  `
  -- Apart from what is looked at and changed at every pass, which stays small.
  CREATE TABLE outgoing_content (
    header_id TEXT PRIMARY KEY REFERENCES outgoing (header_id),
    content   BLOB NOT NULL
  ) STRICT;
  INSERT INTO outgoing_content SELECT header_id, content FROM outgoing;
  ALTER TABLE outgoing DROP COLUMN content;

  DROP INDEX outgoing_unfinished;
  CREATE INDEX outgoing_step ON outgoing (step, mailbox_id, due_at);
  DROP INDEX received_header;
  CREATE INDEX received_header ON received (header_id);
  DROP INDEX received_document;
  CREATE INDEX received_document ON received (document_id);
  CREATE INDEX received_kind ON received (kind, received_at);
  CREATE INDEX task_replaced_by ON task (replaced_by) WHERE replaced_by IS NOT NULL;
  CREATE INDEX replaces_task ON replaces (task_id);
  CREATE INDEX document_id_task ON document_id (task_id);
  `,
  `
  -- What a page shows is decided when a message is taken in. Of an attachment the message itself holds the bytes, and
  -- task.attachments says where: see store/attachments.ts. Here are those that the message does not hold as plain base64,
  -- by the message's id or, of a report, its header id.
  CREATE TABLE attachment_content (
    owner   TEXT NOT NULL,
    number  INTEGER NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (owner, number)
  ) STRICT;

  -- What a response says that was not believed.
  CREATE TABLE unbelieved (
    message_id TEXT PRIMARY KEY REFERENCES received,
    code       TEXT NOT NULL,
    text       TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Stored by an earlier version: to be read once more, a few at a time, to decide the same.
  CREATE TABLE reread (
    kind     TEXT NOT NULL,
    owner    TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, owner)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO reread (kind, owner) SELECT 'task', message_id FROM task WHERE attachments <> '[]';
  INSERT INTO reread (kind, owner) SELECT 'report', header_id FROM report;
  INSERT INTO reread (kind, owner) SELECT 'response', message_id FROM received WHERE kind = 'stray-response';
  `,
];
