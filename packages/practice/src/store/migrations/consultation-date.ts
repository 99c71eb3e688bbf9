import { secondsOf } from "./task-facets.ts";

/**
 * A task is sorted by when the patient was seen, where its message says so; else, and where it came before this, by the date of
 * the document, which is when its message was made. By a trigger of its own, so that the view of the facets stays as it is.
 */
export const consultationDate: string = `
  CREATE TRIGGER facet_consulted AFTER INSERT ON task_facet
  WHEN (SELECT summary ->> '$.consultedAt' FROM task WHERE task_id = NEW.task_id) IS NOT NULL BEGIN
    UPDATE task_facet SET consulted = (SELECT ${secondsOf("summary ->> '$.consultedAt'")} FROM task WHERE task_id = NEW.task_id)
      WHERE task_id = NEW.task_id;
  END;
  `;
