/**
 * What comes about a task after something of it was removed by its age has its own age, and goes by that: see
 * docs/decisions/309-what-comes-after-it-was-removed.md. And a task is no potential duplicate any more once nothing is there that it is like.
 */
export const cameLater: string = `
  -- A task with something that came after: a copy of its message, or a matter.
  CREATE TABLE came_later (
    task_id INTEGER PRIMARY KEY REFERENCES task
  ) STRICT;
  INSERT INTO came_later
    SELECT task_id FROM removed WHERE EXISTS (SELECT 1 FROM matter WHERE kind = 'task' AND id = task_id) OR EXISTS (
      SELECT 1 FROM copy CROSS JOIN received USING (message_id) WHERE copy.task_id = removed.task_id AND content IS NOT NULL);
  CREATE TRIGGER copy_came_later AFTER INSERT ON copy WHEN EXISTS (SELECT 1 FROM removed WHERE task_id = NEW.task_id) BEGIN
    INSERT OR IGNORE INTO came_later VALUES (NEW.task_id);
  END;
  CREATE TRIGGER matter_came_later AFTER INSERT ON matter
  WHEN NEW.kind = 'task' AND EXISTS (SELECT 1 FROM removed WHERE task_id = NEW.id) BEGIN
    INSERT OR IGNORE INTO came_later VALUES (NEW.id);
  END;

  -- Of two or more that are left nothing changes.
  CREATE TRIGGER facet_of_likeness_gone AFTER DELETE ON task_likeness
  WHEN (SELECT count(*) FROM (SELECT 1 FROM task_likeness WHERE likeness = OLD.likeness LIMIT 2)) = 1 BEGIN
    UPDATE task_facet SET bits = (SELECT bits FROM task_facts WHERE task_facts.task_id = task_facet.task_id)
      WHERE task_id = (SELECT task_id FROM task_likeness WHERE likeness = OLD.likeness);
  END;
  UPDATE task_facet SET bits = bits & ~131072 WHERE bits & 131072 AND task_id NOT IN (
    SELECT own.task_id FROM task_likeness AS own CROSS JOIN task_likeness AS other
      ON other.likeness = own.likeness AND other.task_id <> own.task_id);
  `;
