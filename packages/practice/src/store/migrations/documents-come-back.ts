/** A step of the schema: see schema.ts. */
export const documentsComeBack: string = `
  -- Documents that said that they replace each other were archived in a circle, with those that came later and replace one of
  -- them, and none was left to be seen: the one that came last comes back.
  CREATE TABLE circle AS
    WITH RECURSIVE ends (task_id) AS (
      SELECT task_id FROM task WHERE replaced_by IS NULL
      UNION ALL SELECT task.task_id FROM ends CROSS JOIN task ON replaced_by = ends.task_id),
    line (task_id, later) AS (
      SELECT task_id, replaced_by FROM task WHERE task_id NOT IN ends
      UNION SELECT line.task_id, replaced_by FROM line CROSS JOIN task ON task.task_id = line.later WHERE replaced_by IS NOT NULL)
    SELECT task_id, max(later) AS last FROM line GROUP BY task_id HAVING sum(later = task_id) > 0;
  CREATE TABLE came_last AS
    SELECT last, max(coalesce(replaces.task_id, last)) AS task_id FROM circle
    LEFT JOIN document_id ON document_id.task_id = circle.task_id
    LEFT JOIN replaces ON target = document_id.id
      AND replaces.task_id IN (SELECT task_id FROM task WHERE replaced_by IN (SELECT task_id FROM circle))
    GROUP BY last;
  UPDATE task SET replaced_by = came_last.task_id FROM came_last WHERE task.task_id = last AND came_last.task_id > last;
  UPDATE task SET state = iif(completed_at IS NULL, 'open', 'completed'), replaced_by = NULL
  WHERE task_id IN (SELECT max(task_id, last) FROM came_last);
  DROP TABLE circle;
  DROP TABLE came_last;

  -- What stands first on a task, and in lists, of messages with modifiers: until now it was a finding among others.
  INSERT OR IGNORE INTO reread (kind, owner)
    SELECT 'notices', message_id FROM task
    WHERE findings LIKE '%"FHIR:modifierExtension"%' OR findings LIKE '%"FHIR:implicitRules"%';
  `;
