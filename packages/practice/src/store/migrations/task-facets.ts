/**
 * What a list of tasks is filtered and sorted by, in a narrow table that is read from end to end where a filter asks for it: see
 * docs/decisions/280-find-tasks.md. `bits` has one bit for each thing that a filter asks for: queries/facet-bits.ts names them.
 * Kept by triggers, each of which works a task's row out anew: what adds something to filter by adds its bit to the view, and a
 * trigger where it changes.
 *
 * And the words that tasks are searched by, once more: date of birth, title, ids, names of two parts as one word, and letters
 * that stand for others, as people type them.
 */

/** Letters that are no letter with a mark, so that the index of words does not know them for what people type. */
export const plainLetters: readonly (readonly [letter: string, plain: string])[] = [
  ["ł", "l"],
  ["ø", "o"],
  ["đ", "d"],
  ["ð", "d"],
  ["þ", "th"],
  ["ß", "ss"],
  ["æ", "ae"],
  ["œ", "oe"],
  ["ı", "i"],
];

/** In SQL, in which nothing but ASCII has small letters. */
function plain(expression: string, letters: readonly (readonly [string, string])[] = plainLetters): string {
  return letters.reduce(
    (folded, [letter, as]) =>
      [...new Set([letter, letter.toUpperCase()])].reduce(
        (inner, from) => (/^[\p{L}]$/u.test(from) ? `replace(${inner}, '${from}', '${as}')` : inner),
        folded,
      ),
    expression,
  );
}

/** Latin letters with a mark, by which names would be sorted behind z. */
const marked: readonly (readonly [string, string])[] = Array.from({ length: 0x240 - 0xc0 }, (_, at) =>
  String.fromCodePoint(0xc0 + at),
).flatMap((letter) => {
  const base = letter.normalize("NFD");
  return letter === letter.toLowerCase() && base.length > 1 ? [[letter, base[0] ?? ""] as const] : [];
});

const family = "coalesce(summary ->> '$.patient.family', '')";
const given = "coalesce((SELECT group_concat(value, ' ') FROM json_each(summary, '$.patient.given')), '')";
const name = `${family} || ' ' || ${given}`;
const dateOfBirth = "summary ->> '$.patient.dateOfBirth'";
const odsCode = "summary ->> '$.organisation.odsCode'";
const isConfidential = "coalesce(summary ->> '$.confidential', 0) <> 0";

/** A FHIR date, possibly partial, in seconds since 1970; 0 where it is none. */
export function secondsOf(date: string): string {
  return `CASE WHEN ${date} GLOB '[0-9][0-9][0-9][0-9]*'
        THEN coalesce(unixepoch(nullif(${date}, substr(${date}, 1, 4))), unixepoch(substr(${date}, 1, 10)),
          unixepoch(substr(${date}, 1, 7) || '-01'), unixepoch(substr(${date}, 1, 4) || '-01-01'), 0) ELSE 0 END`;
}

export const taskFacets: string = `
  CREATE TABLE task_facet (
    task_id   INTEGER PRIMARY KEY,
    bits      INTEGER NOT NULL,
    -- In seconds since 1970; of a consultation 0 where its date is not known.
    received  INTEGER NOT NULL,
    consulted INTEGER NOT NULL,
    -- An ODS code or a mailbox, in capitals; empty where the document is confidential.
    sender    TEXT NOT NULL,
    -- The name to sort by, without marks and in small letters; behind all others where there is none.
    patient   TEXT NOT NULL
  ) STRICT;
  CREATE INDEX task_facet_patient ON task_facet (patient, task_id, bits, received, sender);
  CREATE INDEX task_facet_consulted ON task_facet (consulted, task_id, bits, received, sender);

  ${taskFacts()}

  -- Whom a filter offers, by what a task is filtered by, with the name that came last.
  CREATE TABLE task_sender (
    sender TEXT PRIMARY KEY,
    name   TEXT NOT NULL,
    tasks  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX task_sender_most ON task_sender (tasks);

  INSERT INTO task_facet SELECT task_id, bits, received, consulted, sender, patient FROM task_facts
    WHERE task_id IN (SELECT task_id FROM task WHERE state <> 'removed');
  ${countSenders("sender <> '' AND task_id IN (SELECT task_id FROM task_facet) ORDER BY task_id")}

  CREATE TRIGGER facet_began AFTER INSERT ON task BEGIN
    INSERT INTO task_facet SELECT task_id, bits, received, consulted, sender, patient FROM task_facts WHERE task_id = NEW.task_id;
    ${countSenders("task_id = NEW.task_id AND sender <> ''")}
  END;
  -- It is in no list any more.
  CREATE TRIGGER facet_ended AFTER UPDATE OF state ON task WHEN NEW.state = 'removed' BEGIN
    UPDATE task_sender SET tasks = tasks - 1 WHERE sender = (SELECT sender FROM task_facet WHERE task_id = NEW.task_id);
    DELETE FROM task_sender WHERE tasks < 1 AND sender = (SELECT sender FROM task_facet WHERE task_id = NEW.task_id);
    DELETE FROM task_facet WHERE task_id = NEW.task_id;
  END;
  ${changed("task_changed", "UPDATE OF state, match_outcome ON task", "= NEW.task_id")}
  ${changed("matter_raised", "INSERT ON matter WHEN NEW.kind = 'task'", "= NEW.id")}
  ${changed("matter_moved", "UPDATE OF state ON matter WHEN NEW.kind = 'task'", "= NEW.id")}
  ${changed("replaces_said", "INSERT ON replaces", "= NEW.task_id")}
  ${changed("replaces_unsaid", "DELETE ON replaces", "= OLD.task_id")}
  ${changed("copy_came", "INSERT ON copy", "= NEW.task_id")}
  -- Those that came before the last are known to be alike.
  ${changed(
    "likeness_came",
    "INSERT ON task_likeness",
    `IN (SELECT NEW.task_id UNION ALL
      SELECT task_id FROM (SELECT task_id FROM task_likeness WHERE likeness = NEW.likeness ORDER BY task_id LIMIT 2))`,
  )}

  DROP VIEW task_text;
  CREATE VIEW task_text AS
    SELECT task_id, ${plain(`concat_ws(' ', subject, summary ->> '$.title', ${family}, ${given}, summary ->> '$.patient.nhsNumber',
      replace(replace(replace(${family}, '''', ''), '’', ''), '-', ''),
      CASE WHEN ${dateOfBirth} GLOB '[0-9][0-9][0-9][0-9]*' THEN 'd' || replace(substr(${dateOfBirth}, 1, 10), '-', '') END,
      received.message_id, header_id, document_id,
      CASE WHEN NOT ${isConfidential} THEN concat_ws(' ', from_mailbox,
        summary ->> '$.organisation.name', ${odsCode}, summary ->> '$.practitioner') END)`)} AS words
    FROM task CROSS JOIN received USING (message_id);
  INSERT INTO task_words (task_words) VALUES ('delete-all');
  INSERT INTO task_words (rowid, words) SELECT task_id, words FROM task_text;
  `;

function changed(name: string, when: string, which: string): string {
  return `CREATE TRIGGER facet_of_${name} AFTER ${when} BEGIN
    UPDATE task_facet SET bits = (SELECT bits FROM task_facts WHERE task_facts.task_id = task_facet.task_id) WHERE task_id ${which};
  END;`;
}

function countSenders(which: string): string {
  return `INSERT INTO task_sender SELECT sender, sender_name, 1 FROM task_facts WHERE ${which}
      ON CONFLICT DO UPDATE SET name = iif(excluded.name = '', name, excluded.name), tasks = tasks + 1;`;
}

interface MoreFacts {
  bits: string;
  columns: string;
  join: string;
}

/** The facts of a task, with what a later version adds to them. */
export function taskFacts({ bits, columns, join }: MoreFacts = { bits: "", columns: "", join: "" }): string {
  return `CREATE VIEW task_facts AS
    SELECT task_id,
      CASE task.state WHEN 'open' THEN 1 WHEN 'completed' THEN 2 ELSE 4 END
      | iif(EXISTS (SELECT 1 FROM matter WHERE matter.kind = 'task' AND matter.id = task_id AND matter.state IN ('new', 'seen')), 8, 0)
      | CASE summary ->> '$.recipientType' WHEN 'FA' THEN 16 WHEN 'FI' THEN 32 ELSE 0 END
      | CASE task.kind WHEN 'document' THEN 64 WHEN 'refused' THEN 128 ELSE 256 END
      | CASE match_outcome WHEN 'not-checked' THEN 512 WHEN 'waiting' THEN 1024 WHEN 'known' THEN 2048 WHEN 'recently-deceased' THEN 4096
          WHEN 'no-longer-here' THEN 8192 WHEN 'not-known' THEN 16384 WHEN 'doubtful' THEN 262144 ELSE 0 END
      | iif(EXISTS (SELECT 1 FROM replaces WHERE replaces.task_id = task.task_id), 32768, 0)
      | iif(EXISTS (SELECT 1 FROM copy WHERE copy.task_id = task.task_id), 65536, 0)
      | iif(EXISTS (SELECT 1 FROM task_likeness AS own CROSS JOIN task_likeness AS other
          ON other.likeness = own.likeness AND other.task_id <> own.task_id WHERE own.task_id = task.task_id), 131072, 0)${bits} AS bits,
      coalesce(unixepoch(received_at), 0) AS received,
      ${secondsOf("summary ->> '$.documentDate'")} AS consulted,
      CASE WHEN ${isConfidential} THEN ''
        -- No code of ten figures, which would be a patient's number in an address.
        WHEN ${odsCode} NOT GLOB '*[^A-Za-z0-9]*' AND ${odsCode} GLOB '*[A-Za-z]*' AND length(${odsCode}) <= 8 THEN upper(${odsCode})
        WHEN from_mailbox NOT GLOB '*[^A-Za-z0-9]*' AND from_mailbox GLOB '*[A-Za-z]*' AND length(from_mailbox) <= 40
          THEN upper(from_mailbox)
        ELSE '' END AS sender,
      CASE WHEN ${family} = '' AND ${given} = '' THEN char(1114111)
        WHEN (${name}) NOT GLOB '*[^ -~]*' THEN lower(${name})
        ELSE lower(${plain(name, [...plainLetters, ...marked])}) END AS patient,
      coalesce(summary ->> '$.organisation.name', '') AS sender_name${columns}
    FROM task CROSS JOIN received USING (message_id)${join};`;
}
