// Does the work of fuzz.test.ts in a thread that can be ended: a reader that hangs hangs here.
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { parentPort, workerData } from "node:worker_threads";
import {
  type Bundle,
  check,
  infrastructureAnswer,
  isResponse,
  Itk3Error,
  readMessage,
  type ReadResult,
  writeJson,
  writeXml,
} from "@restante/itk3";
import { libxml2Reads, saxesReads } from "../well-formed.ts";
import { damaged, type Format } from "./damage.ts";

export interface Task {
  format: Format;
  count: number;
  /** One Int32: the number of the file that is being read. */
  progress: SharedArrayBuffer;
}

export interface Outcome {
  read: number;
  /** Of what was read, what could be written and was read again. */
  written: number;
  failures: { number: number; reason: string }[];
}

const { format, count, progress } = workerData as Task;
const at = new Int32Array(progress);
const outcome: Outcome = { read: 0, written: 0, failures: [] };
const decoder = new TextDecoder("utf-8", { fatal: true });

// Node.js 24 crashes where a thread is ended while its module is still evaluated.
setImmediate(() => {
  for (let number = 0; number < count && outcome.failures.length < 10; number += 1) {
    Atomics.store(at, 0, number);
    try {
      tryOut(damaged(format, number));
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      outcome.failures.push({ number, reason });
    }
  }
  parentPort?.postMessage(outcome);
});

function tryOut(bytes: Buffer): void {
  const read = readMessage(bytes);
  const refusal = read.message === undefined ? read.issues.at(-1) : undefined;
  if (refusal?.code !== "encoding") compare(decoder.decode(bytes), bytes, refusal);
  const responder = { odsCode: "Y90002", mailboxId: "X26OT002" };
  const answer = infrastructureAnswer(read, { now: new Date("2026-01-05T11:00:00Z"), responder });
  // An answer is made of what the check finds.
  if (answer === undefined) check(read);
  if (isResponse(read)) assert.equal(answer, undefined);
  if (read.message === undefined) return;
  outcome.read += 1;
  const { bundle } = read.message;
  const again = written(bundle, format, read);
  if (again === undefined) return;
  outcome.written += 1;
  assert.deepEqual(readMessage(again).message?.bundle, bundle);
  const other = written(bundle, format === "xml" ? "json" : "xml", read);
  if (other !== undefined) assert.ok(readMessage(other).message, "not read in the other format");
}

function compare(text: string, bytes: Buffer, refusal: ReadResult["issues"][number] | undefined): void {
  const isJson = /^\s*\{/.test(text);
  const othersRead = (): boolean => (isJson ? parses(text) : libxml2Reads(bytes) && saxesReads(text));
  if (refusal === undefined || refusal.code === "not-a-message") {
    assert.ok(othersRead(), "read, though it is not well-formed");
  } else if (refusal.code === "not-well-formed") {
    const repeats = isJson && /stands twice/.test(refusal.text);
    assert.ok(repeats || !othersRead(), `refused, though it is well-formed: ${refusal.text}`);
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Undefined where the writer refuses what the reader has complained of: nothing else may be refused. */
function written(bundle: Bundle, format: Format, { issues }: ReadResult): Buffer | undefined {
  try {
    return Buffer.from(format === "xml" ? writeXml(bundle) : writeJson(bundle));
  } catch (error) {
    if (error instanceof Itk3Error && issues.some(({ severity }) => severity === "error")) return undefined;
    throw error;
  }
}
