// One of the two kinds of work that are compared, in a thread of its own: neither pays for the other's garbage.
import { Buffer } from "node:buffer";
import { parentPort, workerData } from "node:worker_threads";
import { SaxesParser } from "saxes";
import { check, readMessage } from "@restante/itk3";

export interface Task {
  kind: "tokens" | "whole";
  bytes: Uint8Array;
  maxBytes: number;
}

const { kind, bytes, maxBytes } = workerData as Task;
const message = Buffer.from(bytes);
const decoder = new TextDecoder("utf-8", { fatal: true });

function tokenise(): void {
  const parser = new SaxesParser({ position: true });
  parser.on("error", (error) => {
    throw error;
  });
  parser.write(decoder.decode(message)).close();
}

function readAndCheck(): void {
  check(readMessage(message, { maxBytes }));
}

const work = kind === "tokens" ? tokenise : readAndCheck;

/**
 * Does it so many times and answers with the milliseconds of processor time. It is the whole process's, with what V8 does
 * beside, such as gathering garbage: whoever else takes turns is idle. What other programs do to the machine is not in it.
 */
parentPort?.on("message", (times: number) => {
  const start = process.cpuUsage();
  for (let time = 0; time < times; time += 1) work();
  const { user, system } = process.cpuUsage(start);
  parentPort?.postMessage((user + system) / 1000);
});
