// A store on PostgreSQL with messages of 30 days in it, made by statements: what a node has written in a month, but small.

import type { MailboxId } from "@restante/mesh";
import type { Client } from "pg";

import type { Periods } from "../../src/message.ts";
import type { PostgresStore } from "../../src/store/postgres/store.ts";
import { acceptance, newMessage, newToken, recipient, sender } from "./samples.ts";

export const DAY_MS: number = 24 * 60 * 60_000;
export const DAYS = 30;
const EACH_DAY = 500;
/** Of those sent on the last day. */
const ROUTING = 1000;
const TOKENS_AN_HOUR = 500;

/**
 * Each day 500 messages to 11 mailboxes, one of which has 1 in 2 of them; acknowledged but for those of the last five days; 1,000 that
 * are being routed, one in ten of them due; and tokens of a day. Statistics are as new.
 */
export async function fill(store: PostgresStore, client: Client, now: Date): Promise<void> {
  // The first of each day, and the tokens of each hour, by the store: so that their parts are there.
  for (let ago = 0; ago < DAYS; ago += 1) {
    const at = new Date(now.getTime() - ago * DAY_MS);
    const token = newToken({ time: new Date(now.getTime() - (ago % 24) * 60 * 60_000) });
    const messageId = `${compact(at)}_000000` as ReturnType<typeof newMessage>["messageId"];
    await store.accept(acceptance(newMessage({ messageId, recipientId: other(0), to: other(0) }), { token }));
  }
  const start = now.getTime() - (DAYS - 1) * DAY_MS;
  await client.query(
    `CREATE TEMP TABLE made AS
     SELECT day, number, to_char(to_timestamp($1::bigint / 1000.0 + day * 86400) AT TIME ZONE 'UTC', 'YYYYMMDD')
         || lpad(number::text, 12, '0') || '_FFFFFF' AS message_id,
       CASE WHEN number % 2 = 0 THEN $2 ELSE 'OTHER' || number % 20 END AS recipient_id,
       $1::bigint + day::bigint * 86400000 AS at, day < ${DAYS - 5} AS is_done, row_number() OVER () AS row
     FROM generate_series(0, ${DAYS - 1}) AS day, generate_series(1, ${EACH_DAY}) AS number`,
    [start, recipient],
  );
  await client.query(`
    INSERT INTO mailbox SELECT DISTINCT recipient_id FROM made ON CONFLICT DO NOTHING;
    INSERT INTO message SELECT '${sender}', message_id, 'DATA', 'WORKFLOW', 'local ' || row, '{}', 1, at FROM made;
    INSERT INTO message_state SELECT '${sender}', message_id, CASE WHEN is_done THEN 'acknowledged' ELSE 'accepted' END,
      recipient_id, recipient_id, 5, at, at, at + ${DAYS + 1} * 86400000::bigint FROM made;
    INSERT INTO chunk SELECT '${sender}', message_id, 1, 5, 'hello', NULL, NULL FROM made WHERE row % 10 > 0;
    INSERT INTO chunk SELECT '${sender}', message_id, 1, 5, NULL, message_id || '-1', 'digest' FROM made WHERE row % 10 = 0;
    INSERT INTO given_chunk SELECT '${sender}', message_id, 1 FROM made WHERE is_done;
    CREATE TEMP TABLE placed AS
      SELECT *, 100 + row_number() OVER (PARTITION BY recipient_id ORDER BY row) AS sequence FROM made;
    INSERT INTO arrival SELECT recipient_id, sequence, message_id, '${sender}', 5, 5 * sequence FROM placed;
    INSERT INTO departure SELECT recipient_id, sequence, sequence, 5 * sequence FROM placed WHERE is_done;
    INSERT INTO listed SELECT recipient_id, sequence, message_id, 'WORKFLOW' FROM placed WHERE NOT is_done;
    INSERT INTO token SELECT '${sender}', 'filled', number, time, time + 1 FROM
      (SELECT DISTINCT time FROM token) AS hours, generate_series(1, ${TOKENS_AN_HOUR}) AS number;
  `);
  await client.query(
    `WITH made AS (SELECT $1 || lpad(number::text, 12, '0') || '_EEEEEE' AS message_id, number
         FROM generate_series(1, ${ROUTING}) AS number),
       of_message AS (INSERT INTO message SELECT '${sender}', message_id, 'DATA', 'WORKFLOW', NULL, '{}', 1, $2 FROM made),
       of_state AS (INSERT INTO message_state SELECT '${sender}', message_id, 'routing', NULL, 'GPPROVIDER', 5, NULL, $2 FROM made)
     INSERT INTO routing SELECT '${sender}', message_id, 'address', 1, $2::bigint + 100 * CASE WHEN number % 10 = 0 THEN -number ELSE number END
     FROM made`,
    [compact(now).slice(0, 8), now.getTime()],
  );
  await client.query("ANALYZE");
}

export function other(number: number): MailboxId {
  return `OTHER${number}` as MailboxId;
}

/** Of `keep` and others, long enough for what is in such a store. */
export const longPeriods: Periods = { upload: DAY_MS, collect: 5 * DAY_MS, keep: 31 * DAY_MS };

function compact(at: Date): string {
  return `${at.toISOString().replaceAll(/[-:T.Z]/g, "")}000`;
}
