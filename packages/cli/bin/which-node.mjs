// Which Node.js runs a checkout. Plain JavaScript, for any Node.js from 18 on.
//
// `npm ci` brings one (the node-<platform>-<arch> package). Where none is published for the platform, or it was left out,
// the Node.js at hand runs it if it is recent enough, and is named; an older one is told what to do.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST = [24, 11];
const platformPackage = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

/** What runs it; `remark` is one line that names it, absent where it is the project's own. */
export function nodeOfCheckout() {
  const pinned = pinnedNode();
  if (pinned !== undefined) return { node: pinned, remark: undefined };
  const why = isPublished()
    ? "the one that comes with the project is not installed (npm ci brings it)"
    : `none comes with the project for ${process.platform} ${process.arch}`;
  if (!recentEnough(process.versions.node)) {
    const advice = isPublished()
      ? "run `npm ci` without `--omit=optional`, or install a newer Node.js."
      : "install Node.js 24 from nodejs.org, and run this again.";
    refuse(`${why}: ${advice}`);
  }
  const remark = `restante: Node.js ${process.versions.node} (${process.execPath}) runs this: ${why}.`;
  return { node: process.execPath, remark };
}

export function recentEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

export function refuse(advice) {
  console.error(`restante: needs Node.js ${OLDEST.join(".")} or later; this is ${process.versions.node}.\n${advice}`);
  process.exit(1);
}

/** The Node.js from the lock file, or undefined where none is published for this platform or it was left out. */
function pinnedNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${platformPackage}/package.json`));
    const file = join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the workspace names one for this platform. */
function isPublished() {
  const workspace = fileURLToPath(new URL("../../../package.json", import.meta.url));
  return platformPackage in (JSON.parse(readFileSync(workspace, "utf8")).optionalDependencies ?? {});
}
