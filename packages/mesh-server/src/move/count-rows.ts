import type { Database } from "../store/postgres/database.ts";

/** 80 MB at PostgreSQL's usual 8 KB: no statement takes longer than one may, however large the table is. */
const MOST_BLOCKS = 10_000;

/** Of a table that nobody writes meanwhile, in pieces. */
export async function countRows(
  { ask }: Pick<Database, "ask">,
  table: string,
  mostBlocks: number = MOST_BLOCKS,
): Promise<number> {
  const parts = await ask(
    `SELECT oid::regclass::text AS part, pg_relation_size(oid) / current_setting('block_size')::bigint AS blocks FROM pg_class
     WHERE relkind = 'r' AND (oid = $1::regclass OR oid IN (SELECT relid FROM pg_partition_tree($1)))`,
    [table],
  );
  let count = 0;
  for (const { part, blocks } of parts) {
    for (let from = 0; from < (blocks as number); from += mostBlocks) {
      const [row] = await ask(
        `SELECT count(*) AS count FROM ${String(part)} WHERE ctid >= '(${from},0)' AND ctid < '(${from + mostBlocks},0)'`,
      );
      count += row?.["count"] as number;
    }
  }
  return count;
}
