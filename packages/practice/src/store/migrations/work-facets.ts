import { taskFacts } from "./task-facets.ts";

/**
 * What people set about a task, among what tasks are filtered and sorted by: who has it, how soon it is due, and whether a person
 * matched its patient. In the same narrow table: see docs/decisions/298-filters-of-work.md.
 */
export const workFacets: string = `
  -- Nobody: no value.
  ALTER TABLE task_facet ADD COLUMN assignee TEXT;
  -- The day by which an open task is due as a number, such as 20270327; behind all days where there is none, or it is not open.
  ALTER TABLE task_facet ADD COLUMN due INTEGER NOT NULL DEFAULT 99999999;
  DROP VIEW task_facts;
  ${taskFacts({
    bits: `
      | iif(decided_at IS NOT NULL, 524288, 0)
      | iif(priority = 'urgent', 1048576, 0)`,
    columns: `,
      assignee_kind || ':' || assignee_id AS assignee,
      iif(task.state = 'open' AND due_on IS NOT NULL, CAST(replace(due_on, '-', '') AS INTEGER), 99999999) AS due`,
    join: ` LEFT JOIN match_decision USING (task_id) LEFT JOIN task_work USING (task_id)`,
  })}

  DROP INDEX task_facet_patient;
  DROP INDEX task_facet_consulted;
  UPDATE task_facet SET (bits, assignee, due) = (SELECT bits, assignee, due FROM task_facts WHERE task_facts.task_id = task_facet.task_id)
    WHERE task_id IN (SELECT task_id FROM task_work UNION SELECT task_id FROM match_decision);
  CREATE INDEX task_facet_patient ON task_facet (patient, task_id, bits, received, sender, assignee, due);
  CREATE INDEX task_facet_consulted ON task_facet (consulted, task_id, bits, received, sender, assignee, due);
  CREATE INDEX task_facet_due ON task_facet (due, task_id, bits, received, sender, assignee);
  CREATE INDEX task_facet_assignee ON task_facet (assignee, task_id, bits, received, sender, due) WHERE assignee IS NOT NULL;

  -- As it was, by the names of its columns: nobody has set anything of a task that begins.
  DROP TRIGGER facet_began;
  CREATE TRIGGER facet_began AFTER INSERT ON task BEGIN
    INSERT INTO task_facet (task_id, bits, received, consulted, sender, patient)
      SELECT task_id, bits, received, consulted, sender, patient FROM task_facts WHERE task_id = NEW.task_id;
    INSERT INTO task_sender SELECT sender, sender_name, 1 FROM task_facts WHERE task_id = NEW.task_id AND sender <> ''
      ON CONFLICT DO UPDATE SET name = iif(excluded.name = '', name, excluded.name), tasks = tasks + 1;
  END;
  DROP TRIGGER facet_of_task_changed;
  ${changed("task_changed", "UPDATE OF state, match_outcome ON task")}
  ${changed("work_began", "INSERT ON task_work")}
  ${changed("work_changed", "UPDATE OF assignee_kind, assignee_id, priority, due_on ON task_work")}
  ${changed("match_began", "INSERT ON match_decision")}
  ${changed("match_decided", "UPDATE OF decided_at ON match_decision")}
  `;

function changed(name: string, when: string): string {
  return `CREATE TRIGGER facet_of_${name} AFTER ${when} BEGIN
    UPDATE task_facet SET (bits, assignee, due) = (SELECT bits, assignee, due FROM task_facts WHERE task_facts.task_id = task_facet.task_id)
      WHERE task_id = NEW.task_id;
  END;`;
}
