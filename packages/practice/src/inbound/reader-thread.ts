// The thread that reads long messages, one at a time: see reader.ts.
import { parentPort } from "node:worker_threads";
import { readArrived, type ToRead } from "./reading.ts";

parentPort?.on("message", (toRead: ToRead) => parentPort?.postMessage(readArrived(toRead)));
