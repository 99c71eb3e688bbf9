// Statements of a node as they go to `pg`, and the same statements once more, by nothing but `pg`: the bare loop. Transactions go one
// after the other, as a node's groups do; what is asked beside them goes as early as it did, over as many connections, each statement by
// itself: that a node's is in a transaction that only reads, and ends in time, is ours. Values are there already, and nothing of the
// answers is looked at.

import { Client, Pool, type PoolClient } from "pg";

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[] | undefined;
  readonly name: string | undefined;
  /** Sent before the one in front of it was answered. */
  readonly isAhead: boolean;
}

/** A transaction that writes, or one statement by itself. */
interface Step {
  readonly statements: Statement[];
  readonly isTransaction: boolean;
  /** So many transactions were over when it began. */
  readonly after: number;
}

export interface Recording {
  readonly steps: readonly Step[];
  readonly transactions: number;
  readonly statements: number;
}

type Query = (this: Client, ...words: unknown[]) => unknown;

const BEGINS = /^\s*(?:BEGIN|START TRANSACTION)\b/i;
const ONLY_READS = /^\s*BEGIN READ ONLY\b/i;
const ENDS = /\b(?:COMMIT|ROLLBACK)\s*;?\s*$/i;

/** Records what every client of this process asks while the work runs. */
export async function record(run: () => Promise<void>): Promise<Recording> {
  const prototype = Client.prototype as unknown as { query: Query };
  const query = prototype.query;
  const steps: Step[] = [];
  const open = new Map<Client, Step>();
  const unanswered = new Map<Client, number>();
  let over = 0;

  function begin(client: Client, statement: Statement): void {
    const inside = open.get(client);
    const begins = BEGINS.test(statement.text);
    const isTransaction = begins && !ONLY_READS.test(statement.text);
    const step = inside ?? { statements: [], isTransaction, after: over };
    if (step.isTransaction || !(begins || ENDS.test(statement.text))) step.statements.push(statement);
    if (inside === undefined) steps.push(step);
    if (begins) open.set(client, step);
  }

  function answered(client: Client, { text }: Statement): void {
    unanswered.set(client, unanswered.get(client)! - 1);
    const step = open.get(client);
    if (step === undefined || !ENDS.test(text)) return;
    open.delete(client);
    if (step.isTransaction) over += 1;
  }

  prototype.query = function (...words) {
    const statement = statementOf(words, (unanswered.get(this) ?? 0) > 0);
    unanswered.set(this, (unanswered.get(this) ?? 0) + 1);
    begin(this, statement);
    const callback = words.at(-1);
    if (typeof callback === "function") {
      const told = (...answer: unknown[]): void => {
        answered(this, statement);
        Reflect.apply(callback, undefined, answer);
      };
      return query.apply(this, [...words.slice(0, -1), told]);
    }
    const promise = query.apply(this, words) as Promise<unknown>;
    void promise.then(
      () => answered(this, statement),
      () => answered(this, statement),
    );
    return promise;
  };
  try {
    await run();
  } finally {
    prototype.query = query;
  }
  const statements = steps.reduce((sum, step) => sum + step.statements.length, 0);
  return { steps, transactions: steps.filter(({ isTransaction }) => isTransaction).length, statements };
}

function statementOf([first, values]: readonly unknown[], isAhead: boolean): Statement {
  if (typeof first === "string") {
    return { text: first, values: Array.isArray(values) ? values : undefined, name: undefined, isAhead };
  }
  const { text, name, values: own } = first as { text?: unknown; name?: string; values?: unknown[] };
  if (typeof text !== "string") throw new Error("a statement that cannot be recorded");
  return { text, values: own ?? (Array.isArray(values) ? values : undefined), name, isAhead };
}

export interface Bare {
  replay(recording: Recording): Promise<void>;
  close(): Promise<void>;
}

export function openBare(url: string, connections: number): Bare {
  const pool = new Pool({ connectionString: url, max: connections, pipeline: true });
  return {
    async replay({ steps }) {
      const reads: Promise<unknown>[] = [];
      let transactions: Promise<void> = Promise.resolve();
      let begun = 0;
      for (const step of steps) {
        if (step.isTransaction) {
          await transactions;
          const client = await pool.connect();
          transactions = transact(client, step.statements).finally(() => client.release());
          transactions.catch(() => undefined);
          begun += 1;
        } else {
          if (step.after >= begun) await transactions;
          reads.push(...step.statements.map((statement) => ask(pool, statement)));
        }
      }
      await Promise.all([transactions, ...reads]);
    },
    close: () => pool.end(),
  };
}

async function transact(client: PoolClient, statements: readonly Statement[]): Promise<void> {
  let sent: Promise<unknown>[] = [];
  for (const statement of statements) {
    if (!statement.isAhead) {
      await Promise.all(sent);
      sent = [];
    }
    sent.push(ask(client, statement));
  }
  await Promise.all(sent);
}

function ask(to: Pool | PoolClient, { text, values, name }: Statement): Promise<unknown> {
  if (values === undefined && name === undefined) return to.query(text);
  return to.query({ text, ...(values !== undefined && { values: [...values] }), ...(name !== undefined && { name }) });
}
