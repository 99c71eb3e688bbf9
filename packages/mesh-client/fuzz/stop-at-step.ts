// Loaded before a process (`--import`), of which it counts every step that matters to the disk and the wire, and which it
// stops by SIGKILL at the boundary of them that RESTANTE_STOP_AT says:
//
//   a file or folder synced, a name made, changed or removed, a transaction committed     before it, and after it
//   a request                  once its headers are on their way, and once all of it is
//   an answer                  once its headers have come, and once all of it has
//
// With RESTANTE_STOP_FROM=request the count begins with the first request: what comes before is the start, which is the same for
// whatever comes behind it.
//
// So nothing at all happens after the boundary, not even what other threads of the process had begun. Writes that are not
// synced are no steps: what becomes of half of one is for kills at random moments. Which boundary it was goes to stdout.

import { subscribe } from "node:diagnostics_channel";
import { promises, writeSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { DatabaseSync, StatementSync } from "node:sqlite";

const stopAt = Number(process.env["RESTANTE_STOP_AT"] ?? Infinity);
let isCounting = process.env["RESTANTE_STOP_FROM"] !== "request";
let passed = 0;

function pass(boundary: string): void {
  isCounting ||= boundary === "request begun";
  if (!isCounting) return;
  passed += 1;
  if (passed !== stopAt) return;
  writeSync(1, `${boundary}\n`);
  process.kill(process.pid, "SIGKILL");
}

type Work = (this: unknown, ...words: unknown[]) => unknown;
/** Whether a call is a step. */
type IsStep = (self: object, words: readonly unknown[]) => boolean;

/** Makes steps of the calls of a method. */
function step(owner: object, name: string, isStep: IsStep = () => true, label = name): void {
  const methods = owner as Record<string, Work>;
  const method = methods[name];
  if (method === undefined) throw new Error(`There is no ${name}.`);
  methods[name] = function (...words) {
    const isOne = isStep(this as object, words);
    if (isOne) pass(`before ${label}`);
    const result = Reflect.apply(method, this, words);
    if (!isOne) return result;
    if (result instanceof Promise) return result.finally(() => pass(`after ${label}`));
    pass(`after ${label}`);
    return result;
  };
}

for (const name of ["rename", "link", "symlink", "unlink", "rm", "copyFile"]) step(promises, name);
syncBuiltinESMExports();

const handle = await promises.open(process.execPath);
step(Object.getPrototypeOf(handle) as object, "sync");
await handle.close();

/** Of which database a statement is. */
const databaseOf = new WeakMap<object, DatabaseSync>();
const databases = DatabaseSync.prototype as unknown as Record<"prepare", (this: DatabaseSync, sql: string) => object>;
const prepare = databases["prepare"];
databases["prepare"] = function (sql) {
  const statement = prepare.call(this, sql);
  databaseOf.set(statement, this);
  return statement;
};
step(DatabaseSync.prototype, "exec", (_, [sql]) => sql === "COMMIT", "commit");
// Outside a transaction a statement is one of its own.
step(StatementSync.prototype, "run", (self) => databaseOf.get(self)?.isTransaction === false, "commit");

for (const [channel, boundary] of [
  ["undici:client:sendHeaders", "request begun"],
  ["undici:request:bodySent", "request sent"],
  ["undici:request:headers", "answer begun"],
  ["undici:request:trailers", "answer received"],
] as const) {
  subscribe(channel, () => pass(boundary));
}
