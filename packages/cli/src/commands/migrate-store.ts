import { type CodedError } from "@restante/mesh";
import { MeshServerError } from "@restante/mesh-server";
import {
  lookAtSharedMove,
  type MovePlan,
  type MoveStep,
  moveToShared,
  type SharedMove,
  type Verified,
} from "@restante/mesh-server/store-tools";
import { count } from "../check/words.ts";
import type { Given } from "../command-line/tree.ts";
import { readSharedSettings } from "../config/shared-store.ts";
import { CliError } from "../errors.ts";
import { columns } from "../terminal/columns.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface MigrateValues {
  readonly config: string | undefined;
  readonly fromFolder: string | undefined;
  readonly check: boolean;
  readonly withoutBodies: number | undefined;
}

/** Of these the message says what to do before it is worth another run. */
const refusals: ReadonlySet<CodedError["code"]> = new Set([
  "move-refused",
  "move-differs",
  "store-in-use",
  "store-moved",
  "store-too-new",
  "folder-for-development",
]);

export async function migrateStore({ options }: Given<MigrateValues>, terminal: Terminal): Promise<number> {
  const { fromFolder: folder } = options;
  if (folder === undefined) {
    throw new CliError("usage", "--from-folder is missing: name the dataFolder of the server that is moved");
  }
  const to = readSharedSettings(options.config);
  terminal.progress("Looking at what there is");
  const seen = new Set<MoveStep["step"]>();
  const tell = teller(terminal, (step) => seen.add(step));
  try {
    const asked = { folder, to, withoutBodies: options.withoutBodies, signal: terminal.stop };
    const told = options.check ? await look(asked) : await move({ ...asked, tell });
    terminal.progress("");
    terminal.print(`${told}${options.check ? "" : ` Start the nodes: restante server --config ${options.config}`}`);
    return 0;
  } catch (error) {
    terminal.progress("");
    const isRefused = error instanceof MeshServerError && refusals.has(error.code);
    if (!options.check && !isRefused) {
      terminal.complain(notMoved(folder, seen));
    }
    if (isStop(error, terminal)) return 1;
    throw error;
  }
}

/** @param seen what this run told; of one before nothing is known where PostgreSQL was not reached */
function notMoved(folder: string, seen: ReadonlySet<MoveStep["step"]>): string {
  if (seen.has("closed")) {
    return `${closedWords(folder)} The same command compares both again, and opens it.`;
  }
  if (seen.size > 0) return "It is not moved yet. The same command goes on where it was.";
  return "Nothing was moved. The same command begins the move, or goes on with one that was begun before.";
}

/** Not what failed by itself while it was to stop. */
function isStop(error: unknown, { stop }: Terminal): boolean {
  return stop.aborted && (error === stop.reason || (Error.isError(error) && error.name === "AbortError"));
}

type Asked = Omit<SharedMove, "tell">;

async function look(asked: Asked): Promise<string> {
  const plan = await lookAtSharedMove(asked);
  return plan === "was-moved" ? wasMoved(asked) : planned(asked, plan);
}

async function move(asked: SharedMove): Promise<string> {
  const outcome = await moveToShared(asked);
  return outcome === "moved"
    ? `Moved. ${asked.folder} is closed for ever: keep it until you trust the new store.`
    : wasMoved(asked);
}

function wasMoved({ folder }: Asked): string {
  return `${folder} was moved already, and is closed.`;
}

function planned({ folder, to: { store, bodies } }: Asked, { size, unread, copied, isClosed }: MovePlan): string {
  if (isClosed) return `${closedWords(folder)} The same command without --check compares both again, and opens it.`;
  const { messages, bodyFiles, tokens } = size;
  const without = unread === 0 ? "" : `, without ${count(unread, "body that cannot", "bodies that cannot")} be read`;
  const before = copied === undefined ? "" : ` ${copiedBefore(copied)}`;
  return `${folder} has ${count(messages, "message", "messages")}, ${count(bodyFiles, "body in a file", "bodies in files")} and ${count(tokens, "token", "tokens")}: it can be moved to ${store} and ${bodies}${without}.${before}`;
}

/** Whether it was compared too nothing keeps: the next run compares it anyway. */
function copiedBefore({ part, messages }: NonNullable<MovePlan["copied"]>): string {
  if (part === "nothing") return "An earlier run has copied all of it: it is compared, and the folder closed, next.";
  return `An earlier run has copied ${count(messages, "message", "messages")}.`;
}

function closedWords(folder: string): string {
  return `${folder} is closed: until the new store is open, no server starts on either.`;
}

function teller(terminal: Terminal, onStep: (step: MoveStep["step"]) => void): SharedMove["tell"] {
  return (step) => {
    onStep(step.step);
    switch (step.step) {
      case "copying": {
        const { copied, of } = step;
        terminal.progress(
          copied.part === "messages"
            ? `Copying: ${copied.messages.toLocaleString("en-GB")} of ${count(of.messages, "message", "messages")}`
            : `Copying: ${copied.tokens.toLocaleString("en-GB")} of ${count(of.tokens, "token", "tokens")}`,
        );
        return;
      }
      case "verifying":
        terminal.progress(
          `Comparing: ${step.messages.toLocaleString("en-GB")} of ${count(step.of.messages, "message", "messages")}`,
        );
        return;
      case "verified":
        terminal.progress("");
        tellVerified(step.verified, terminal);
        return;
      case "closed":
    }
  };
}

/** Of each mailbox what was read of it in both stores: the same digest is the same content. */
function tellVerified({ mailboxes, damaged }: Verified, terminal: Terminal): void {
  const rows = mailboxes.map(({ mailboxId, messages, listed, lastNumber, digests: [old, now] }) => [
    mailboxId,
    ...[messages, listed, lastNumber].map(String),
    old.slice(0, 16),
    `${now.slice(0, 16)}${old === now ? "" : " differs"}`,
  ]);
  for (const line of columns([["MAILBOX", "MESSAGES", "LISTED", "LAST NUMBER", "OLD STORE", "NEW STORE"], ...rows])) {
    terminal.print(line);
  }
  for (const { messageId, chunk, damage } of damaged) {
    const went =
      damage === "missing" || damage === "unreadable"
        ? "the message is moved without it"
        : "it was taken over as it is";
    terminal.print(
      `${terminal.paint.yellow("!")} The body of message ${messageId}, chunk ${chunk}, is ${damage}, as it was before: ${went}.`,
    );
  }
}
