// The least that takes messages in: reads their files, and commits the rows that a practice has made of the same.
import { cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { inTransaction, syncFolder, writeNew } from "@restante/durable";
import { openDatabase } from "../src/store/database.ts";
import type { DirectoryPractice } from "../test/support/economy.ts";

export interface Bare {
  /** Of each message, on the whole. */
  readonly rowsEach: number;
  /** Reads each pair and commits its rows, in one transaction. */
  readonly readAndCommit: () => Promise<void>;
  /** And writes the files that the practice has put into OUT, each on the disk before it has its name. */
  readonly readCommitAndWrite: () => Promise<void>;
}

interface Row {
  readonly table: string;
  readonly columns: readonly string[];
  readonly values: readonly SQLInputValue[];
}

/** Copies what waits in IN, before the practice takes it. */
export function copyInbox({ folder }: DirectoryPractice): string {
  const inbox = join(folder, "..", "bare", "IN");
  cpSync(join(folder, "IN"), inbox, { recursive: true });
  return inbox;
}

/** To be opened when the practice has answered all that was copied. */
export async function openBare({ folder, options }: DirectoryPractice, inbox: string): Promise<Bare> {
  const home = join(inbox, "..");
  const names = readdirSync(inbox).filter((name) => name.endsWith(".ctl"));
  const rows = shared(await rowsIn(options.dataFolder), names.length);
  const out = join(folder, "OUT");
  const written = readdirSync(out).map((name) => ({ name, content: readFileSync(join(out, name)) }));
  const answers = shared(written, names.length);

  async function run(store: string, answer: (index: number) => Promise<void>): Promise<void> {
    using database = await openStore(join(home, store));
    for (const [index, name] of names.entries()) {
      readFileSync(join(inbox, name));
      readFileSync(join(inbox, name.replace(/ctl$/, "dat")));
      inTransaction(database, () => {
        for (const row of rows[index] ?? []) insert(database, row);
      });
      await answer(index);
    }
  }

  return {
    rowsEach: rows.flat().length / names.length,
    readAndCommit: async () => run("rows", async () => undefined),
    async readCommitAndWrite() {
      const folder = join(home, "OUT");
      mkdirSync(folder);
      await run("rows and files", async (index) => {
        for (const { name, content } of answers[index] ?? []) {
          const path = join(folder, name);
          await writeNew(`${path}.tmp`, content);
          await rename(`${path}.tmp`, path);
        }
        await syncFolder(folder);
      });
    },
  };
}

/** The practice's tables, and nothing that keeps them by itself: every row is written once, as it was at the end. */
async function openStore(folder: string): Promise<DatabaseSync> {
  const database = await openDatabase(folder);
  const triggers = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers) database.exec(`DROP TRIGGER ${String(name)}`);
  database.exec("PRAGMA foreign_keys = OFF");
  return database;
}

/** Table by table, in the order in which they were stored. Of the words that tasks are found by, what they were made of. */
async function rowsIn(dataFolder: string): Promise<Row[]> {
  using database = await openDatabase(dataFolder);
  const tables = database
    .prepare("SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite_%'")
    .all()
    .map(({ name }) => String(name));
  const rows = tables.flatMap((table) => {
    const about = database.prepare("SELECT name FROM pragma_table_info(?)").all(table);
    const columns = about.map(({ name }) => String(name));
    return database
      .prepare(`SELECT ${columns.join(", ")} FROM ${table}`)
      .all()
      .map((row) => ({ table, columns, values: columns.map((column) => row[column] ?? null) }));
  });
  const words = database.prepare("SELECT task_id, words FROM task_text ORDER BY task_id").all();
  const columns = ["rowid", "words"];
  const found = words.map((row) => ({ table: "task_words", columns, values: Object.values(row) }));
  return [...rows, ...found];
}

/** What the set-up of an empty database has put there already is written over. */
function insert(database: DatabaseSync, { table, columns, values }: Row): void {
  const places = columns.map(() => "?").join(", ");
  const verb = table === "task_words" ? "INSERT" : "INSERT OR REPLACE";
  database.prepare(`${verb} INTO ${table} (${columns.join(", ")}) VALUES (${places})`).run(...values);
}

/** Evenly: of what there is a multiple of, each has the same. */
function shared<Item>(items: readonly Item[], among: number): Item[][] {
  return Array.from({ length: among }, (_, index) => items.filter((_item, at) => at % among === index));
}
