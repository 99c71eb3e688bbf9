// The bare store with every row that the MESH server keeps, in that server's own tables and indexes: message, delivery with
// the numbers of arrival and departure, chunk with its digest, what was given out, used tokens. None of the rules, nor of
// the questions that they ask. What it costs beside the bare store (store.ts) no server saves that keeps these rows.

import { hash } from "node:crypto";
import { join } from "node:path";

import { openDatabase } from "@restante/durable";

import { migrations, writerPragmas } from "../../../packages/mesh-server/src/store/sqlite/schema.ts";
import { createGroupCommit } from "./group-commit.ts";
import type { BareStore, NewMessage, StoredBody } from "./store.ts";
import type { Token } from "./token.ts";

const day = 24 * 60 * 60 * 1000;
const kept = { listed: 5 * day, acknowledged: 30 * day, token: day / 4 };
const details = JSON.stringify({ contentType: "application/octet-stream" });

/** The last numbers of a mailbox, and the bytes up to each. Who alone writes them reads them once. */
interface Places {
  arrival: number;
  arrived: number;
  departure: number;
  departed: number;
}

export function openStoreWithRows(folder: string): BareStore {
  const db = openDatabase(join(folder, "bare.sqlite"), { migrations, pragmas: writerPragmas });
  const commits = createGroupCommit(db);
  const findToken = db.prepare("SELECT 1 FROM token WHERE mailbox_id = ? AND nonce = ? AND nonce_count = ?");
  const insertToken = db.prepare("INSERT INTO token VALUES (?, ?, ?, 0, ?)");
  const insertMessage = db.prepare(
    `INSERT INTO message (mailbox_id, message_id, type, state, recipient_id, addressed_to, workflow_id, details,
       total_chunks, bytes, created_at, accepted_at, changed_at, due_at)
     VALUES (?, ?, 'DATA', 'accepted', ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)`,
  );
  const insertChunk = db.prepare("INSERT INTO chunk VALUES (?, ?, 1, ?, ?, ?, ?)");
  const insertDelivery = db.prepare(
    `INSERT INTO delivery (recipient_id, message_id, mailbox_id, workflow_id, sequence, bytes, arrived_bytes, listed)
     VALUES (?, ?, ?, ?, ?, ?, ?, 1)`,
  );
  // `+?`: bare, a value would have the statement prepared anew (packages/mesh-server, reads.ts).
  const selectListed = db.prepare(
    "SELECT message_id FROM delivery WHERE recipient_id = +? AND listed = 1 ORDER BY sequence LIMIT 500",
  );
  const selectBody = db.prepare(
    `SELECT chunk.mailbox_id, size, chunk.bytes, file_name, sha256
     FROM delivery CROSS JOIN chunk USING (mailbox_id, message_id)
     WHERE delivery.recipient_id = +? AND delivery.message_id = +? AND chunk = 1`,
  );
  const insertGiven = db.prepare("INSERT INTO given_chunk VALUES (?, ?, 1) ON CONFLICT DO NOTHING");
  const selectDelivery = db.prepare(
    "SELECT mailbox_id, bytes FROM delivery WHERE recipient_id = ? AND message_id = ? AND listed = 1",
  );
  const leaveInbox = db.prepare(
    `UPDATE delivery SET listed = 0, departure = ?, departed_bytes = ? WHERE recipient_id = ? AND message_id = ?`,
  );
  const changeState = db.prepare(
    `UPDATE message SET state = 'acknowledged', changed_at = ?, due_at = ? WHERE mailbox_id = ? AND message_id = ?`,
  );
  const selectPlaces = db.prepare(
    `SELECT coalesce(max(sequence), 0) AS arrival, coalesce(max(arrived_bytes), 0) AS arrived,
       coalesce(max(departure), 0) AS departure, coalesce(max(departed_bytes), 0) AS departed
     FROM delivery WHERE recipient_id = ?`,
  );
  /** Used, but not on disk yet. */
  const claimed = new Set<string>();
  const places = new Map<string, Places>();
  let sent = 0;

  selectListed.setReturnArrays(true);

  function placesOf(mailboxId: string): Places {
    const known = places.get(mailboxId);
    if (known !== undefined) return known;
    const found = selectPlaces.get(mailboxId) as unknown as Places;
    places.set(mailboxId, found);
    return found;
  }

  function insert(id: string, at: number, sha256: Uint8Array | null, message: NewMessage): void {
    const { recipient, sender, workflow, size, body } = message;
    insertMessage.run(sender, id, recipient, recipient, workflow, details, size, at, at, at, at + kept.listed);
    const [bytes, file] = typeof body === "string" ? [null, body] : [body, null];
    insertChunk.run(sender, id, size, bytes, file, sha256);
    const place = placesOf(recipient);
    place.arrival += 1;
    place.arrived += size;
    insertDelivery.run(recipient, id, sender, workflow, place.arrival, size, place.arrived);
  }

  return {
    useToken({ mailboxId, nonce, count }: Token) {
      const key = `${mailboxId}:${nonce}:${count}`;
      if (claimed.has(key) || findToken.get(mailboxId, nonce, Number(count)) !== undefined) return false;
      claimed.add(key);
      const until = Date.now() + kept.token;
      commits.submitUnwaited(() => {
        insertToken.run(mailboxId, nonce, Number(count), until);
        claimed.delete(key);
      });
      return true;
    },
    async add(message) {
      const at = Date.now();
      const id = newId(at, (sent += 1));
      const sha256 = typeof message.body === "string" ? null : hash("sha256", message.body, "buffer");
      await commits.submit(() => insert(id, at, sha256, message));
      return id;
    },
    list: (recipient) => (selectListed.all(recipient) as unknown as [string][]).map(([id]) => id),
    find(recipient, id) {
      const row = selectBody.get(recipient, id);
      if (row === undefined) return undefined;
      const body = (row["bytes"] ?? row["file_name"]) as StoredBody;
      const sha256 = row["sha256"] as Uint8Array | null;
      if (typeof body !== "string" && sha256 !== null && !hash("sha256", body, "buffer").equals(sha256)) {
        throw new Error("A body is not what came.");
      }
      commits.submitUnwaited(() => void insertGiven.run(row["mailbox_id"] as string, id));
      return { size: row["size"] as number, body };
    },
    acknowledge: (recipient, id) =>
      commits.submit(() => {
        const delivery = selectDelivery.get(recipient, id) as { mailbox_id: string; bytes: number } | undefined;
        if (delivery === undefined) return;
        const at = Date.now();
        changeState.run(at, at + kept.acknowledged, delivery.mailbox_id, id);
        const place = placesOf(recipient);
        place.departure += 1;
        place.departed += delivery.bytes;
        leaveInbox.run(place.departure, place.departed, recipient, id);
      }),
    close() {
      commits.close();
      db.close();
    },
  };
}

/** As long as an id of MESH, and in the order of time like one. */
function newId(at: number, count: number): string {
  const time = new Date(at).toISOString().replaceAll(/\D/g, "");
  return `${time}000_${count.toString(16).padStart(6, "0").slice(-6)}`;
}
