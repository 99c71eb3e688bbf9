// A server started and closed again, as each test file does it after the first: as a ratio to a process of Node.js that
// opens a bare HTTP server and ends, which is the least that a stand-in of its own process costs. In turns, on the same disk.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { startServer, type StartOptions } from "@restante/testkit";
import { median, ratio, table, takeTurns } from "../../../bench/measure.ts";

const rounds = 9;
/** What a test may wait for its server, in milliseconds, on a machine that does nothing else. */
const most = 200;

const bare = async (): Promise<void> => {
  const program = `require("node:http").createServer().listen(0, "127.0.0.1", () => process.exit())`;
  await once(spawn(process.execPath, ["-e", program]), "exit");
};
const start = (options: StartOptions) => async (): Promise<void> => {
  await using _server = await startServer(options);
};

const times = await takeTurns(
  { bare, http: start({}), https: start({ tls: true }), process: start({ process: true }) },
  rounds,
);
const row = (name: string, one: readonly number[]): string[] => [
  name,
  ratio(one, times.bare).toFixed(2),
  median(one) <= most ? "yes" : "no",
];
console.log(
  table(
    ["started and closed", "bare node:http processes", `within ${most} ms here`],
    [row("HTTP", times.http), row("HTTPS", times.https), row("a process of its own", times.process)],
  ),
);
