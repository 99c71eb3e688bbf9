/**
 * What documents say in their sections and entries, by their messages, as JSON (see DocumentView): so that no page reads a
 * message. Beside the tasks, of which lists read every row. Those of an earlier version are read again.
 */
export const documentViews: string = `
  CREATE TABLE document_view (
    message_id TEXT PRIMARY KEY REFERENCES received,
    view       TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT OR IGNORE INTO reread (kind, owner)
    SELECT 'view', message_id FROM task CROSS JOIN received USING (message_id) WHERE received.kind IN ('document', 'refused');
`;
