/**
 * By what a document is known again that was sent anew with other ids (likenessOf of itk3): see
 * docs/decisions/272-potential-duplicates.md. In a table of its own, of those documents alone that have one.
 *
 * A document that is like others changes what whoever acts on one of them goes by. A task names the first 20 that it is like,
 * so that from the 22nd on nothing changes: however often a letter comes, storing it costs the same.
 *
 * Those that came before are read again, a few a pass.
 */
export const likeness = `
  CREATE TABLE task_likeness (
    task_id  INTEGER PRIMARY KEY REFERENCES task,
    likeness TEXT NOT NULL
  ) STRICT;
  CREATE INDEX task_likeness_alike ON task_likeness (likeness, task_id);
  CREATE TRIGGER likeness_grew AFTER INSERT ON task_likeness
  WHEN (SELECT count(*) FROM (SELECT 1 FROM task_likeness WHERE likeness = NEW.likeness LIMIT 22)) BETWEEN 2 AND 21 BEGIN
    INSERT INTO thing_version SELECT 'task', task_id, 2 FROM task_likeness WHERE likeness = NEW.likeness
      ON CONFLICT DO UPDATE SET version = version + 1;
  END;
  INSERT OR IGNORE INTO reread (kind, owner) SELECT 'likeness', message_id FROM task WHERE kind = 'document';
  `;
