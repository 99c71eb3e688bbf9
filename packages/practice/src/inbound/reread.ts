import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "@restante/durable";
import type { PracticeContext } from "../context.ts";
import { codeOf, isOfTheSystem } from "../errors.ts";
import { addAttachmentContents } from "../store/attachments.ts";
import { addDocumentView } from "../store/document-views.ts";
import { addLikeness } from "../store/likeness.ts";
import { addUnbelieved } from "../store/received.ts";
import { noteNotices, replaceKeys } from "../store/tasks.ts";
import type { Progress } from "../work.ts";
import type { Reading } from "./reading.ts";
import { saidBy } from "./response.ts";

/** A pass reads so many: what has just come in does not wait for what came long ago. */
const perPass = 20;
/** After so many the rest must do: it can still be opened whole. */
const mostAttempts = 5;

type Kind = "task" | "report" | "response" | "keys" | "notices" | "view" | "likeness";

/**
 * Decides what pages show of messages that an earlier version stored without deciding it, what a person must be told of them
 * first, what replaces what by the keys of today, and which are alike. Nothing else is changed.
 */
export interface Rereading {
  readonly run: (signal?: AbortSignal) => Promise<Progress>;
}

/** A few a pass, and all in the reading thread: the loop goes on meanwhile. Killed, it goes on where it was. */
export function createRereading({ database, reader }: PracticeContext): Rereading {
  async function reread(kind: Kind, owner: string, signal?: AbortSignal): Promise<void> {
    const row = database.prepare(contents[kind]).get(owner);
    const content = row?.["content"] as Uint8Array | null | undefined;
    if (content === null || content === undefined) {
      done(kind, owner);
      return;
    }
    const workflowId = kind === "response" ? (row?.["workflow_id"] as string) : "";
    const reading = await reader.read({ content, workflowId, subject: "" }, { elsewhere: true, signal });
    inTransaction(database, () => {
      store(database, kind, owner, reading);
      done(kind, owner);
    });
  }

  function done(kind: Kind, owner: string): void {
    database.prepare("DELETE FROM reread WHERE kind = ? AND owner = ?").run(kind, owner);
  }

  return {
    async run(signal) {
      // From the end of the alphabet: what no page can show meanwhile (`task`) comes before what is only told beside it (`likeness`).
      const rows = database
        .prepare("SELECT kind, owner, attempts FROM reread ORDER BY kind DESC, owner DESC LIMIT ?")
        .all(perPass);
      for (const row of rows) {
        signal?.throwIfAborted();
        const [kind, owner] = [row["kind"] as Kind, row["owner"] as string];
        try {
          await reread(kind, owner, signal);
        } catch (error) {
          if (signal?.aborted || isOfTheSystem(error) || codeOf(error) !== "message-unread") throw error;
          if ((row["attempts"] as number) + 1 >= mostAttempts) done(kind, owner);
          else {
            database.prepare("UPDATE reread SET attempts = attempts + 1 WHERE kind = ? AND owner = ?").run(kind, owner);
          }
        }
      }
      return { more: rows.length === perPass };
    },
  };
}

const contents: Readonly<Record<Kind, string>> = {
  // Of what was refused for its strictness no document is shown, then or later.
  task: "SELECT content FROM received WHERE message_id = ? AND kind <> 'refused-by-strictness'",
  report: "SELECT content FROM outgoing_content WHERE header_id = ?",
  response: "SELECT content, workflow_id FROM received WHERE message_id = ?",
  keys: "SELECT content FROM received WHERE message_id = ?",
  notices: "SELECT content FROM received WHERE message_id = ?",
  likeness: "SELECT content FROM received WHERE message_id = ?",
  view: "SELECT content FROM received WHERE message_id = ?",
};

function store(database: DatabaseSync, kind: Kind, owner: string, { document, response }: Reading): void {
  if (kind === "response") {
    if (response !== undefined) addUnbelieved(database, owner, saidBy(response));
    return;
  }
  if (kind === "view") {
    if (document !== undefined) addDocumentView(database, owner, document);
    return;
  }
  if (kind === "keys") {
    // What is not read as it was then keeps the keys that it had.
    if (document?.acceptable) replaceKeys(database, owner, document);
    return;
  }
  if (kind === "likeness") {
    if (document?.likeness !== undefined) addLikeness(database, owner, document.likeness);
    return;
  }
  const { attachments = [], contents = [] } = document ?? {};
  if (kind === "notices") {
    if (document?.isMessage) noteNotices(database, owner, document.summary, attachments);
    return;
  }
  database
    .prepare(
      kind === "task"
        ? "UPDATE task SET attachments = ? WHERE message_id = ?"
        : "UPDATE report SET attachments = ? WHERE header_id = ?",
    )
    .run(JSON.stringify(attachments), owner);
  addAttachmentContents(database, owner, contents);
}
