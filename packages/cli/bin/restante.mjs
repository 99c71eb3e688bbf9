#!/usr/bin/env node
// Chooses the Node.js that runs Restante and becomes it. Plain JavaScript, for any Node.js from 18 on.
//
// In a checkout the sources run as they are, on the Node.js that `npm ci` brought (the node-<platform>-<arch> package).
// From an installed package the built files run on the Node.js at hand, which must be recent enough.

import { spawn } from "node:child_process";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeOfCheckout, recentEnough, refuse } from "./which-node.mjs";

const SOURCE_CONDITION = "--conditions=@restante/source";

const here = dirname(fileURLToPath(import.meta.url));
const installed = here.split(sep).includes("node_modules");

if (installed) {
  if (!recentEnough(process.versions.node)) {
    refuse("Install a newer Node.js and run this again.");
  }
  await import("../dist/main.js");
} else {
  const { node, remark } = nodeOfCheckout();
  if (remark !== undefined && process.argv[2] === "up") console.error(remark);
  becomeSource(node);
}

/**
 * What was compiled once, its types taken off, is kept where npm's tools keep such things: it takes half of a start. Node.js
 * does without where that cannot be written.
 */
function environment() {
  return { NODE_COMPILE_CACHE: join(here, "../../../node_modules/.cache/compiled"), ...process.env };
}

function becomeSource(node) {
  const options = [SOURCE_CONDITION, "--disable-warning=ExperimentalWarning", join(here, "../src/main.ts")];
  const words = [...options, ...process.argv.slice(2)];
  if (typeof process.execve === "function" && process.platform !== "win32") {
    process.removeAllListeners("warning"); // becoming another process is marked experimental: nothing a user can act on
    process.on("warning", () => {});
    process.execve(node, [node, ...words], environment());
  }
  spawnAndFollow(node, words);
}

/** Node.js before 22.15 cannot become another process: run it as a child that shares our terminal and end. */
function spawnAndFollow(node, words) {
  // The channel tells the child of the signals that came to us, and by its end that we are gone, even after kill -9. They
  // are told, not sent on: one to both of us (Ctrl-C, or to the process group) would count twice. See terminal/stop.ts.
  const child = spawn(node, words, { stdio: ["inherit", "inherit", "inherit", "ipc"], env: environment() });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.connected && child.send({ signal }, () => undefined));
  }
  child.on("error", (error) => {
    console.error(`restante: cannot run ${node}: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
