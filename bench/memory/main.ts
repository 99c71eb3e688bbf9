// What the MESH server's process holds: after very many messages, of a very large one, of idle connections. Each in a server
// of its own, over HTTPS with mutual TLS. Exit code 1 if a bound does not hold.
//
//   npm run bench -- memory [--cycles N] [--quick]

import { isWithin, table } from "../measure.ts";
import { heldAfter } from "./cycles.ts";
import { heldByEach } from "./idle-connections.ts";
import { peaksOver } from "./large-message.ts";
import { readOptions } from "./options.ts";
import { startMeasuredServer } from "./server.ts";

const MB = 1_000_000;
const most = 64;
/** Of what JavaScript holds: an object of 3 KB left behind by every cycle would be 3 MB. */
const mostOfHeap = 2;

const { isQuick, first, cycles, largeBytes, connections } = readOptions(process.argv.slice(2));
await measureCycles();
await measureLargeMessage();
if (!isQuick) {
  await measureFirstLargeMessage();
  await measureConnections();
}

async function measureCycles(): Promise<void> {
  await using server = await startMeasuredServer();
  const [before, after] = await heldAfter(server, first, cycles);
  const grown = { rss: after.rss - before.rss, heap: after.heap - before.heap };
  const name = `${cycles} cycles, over ${first}`;
  // A short run is still filling what has a bound of its own: the pages that SQLite keeps, up to 64 MB.
  const isHeldWithin = isQuick || isWithin(name, "MB of the process", grown.rss / MB, { atMost: most });
  const isHeapWithin = isWithin(name, "MB of heap", grown.heap / MB, { atMost: isQuick ? mostOfHeap : most });
  const row = (what: string, figure: "rss" | "heap", bound: string): string[] => [
    what,
    megabytes(before[figure]),
    megabytes(after[figure]),
    megabytes(grown[figure]),
    bound,
  ];
  console.log(
    table(
      ["held, MB", `after ${first} cycles`, `after ${cycles}`, "growth", "bound"],
      [
        row("process (rss)", "rss", isQuick ? "" : boundText(isHeldWithin, most)),
        row("heap, external, array buffers", "heap", boundText(isHeapWithin, isQuick ? mostOfHeap : most)),
      ],
    ),
  );
}

async function measureLargeMessage(): Promise<void> {
  await using server = await startMeasuredServer();
  const { everyDay, sent, downloaded } = await peaksOver(server, largeBytes, "every day");
  const name = `one message of ${largeBytes / MB} MB`;
  const row = (what: string, grown: number): string[] => {
    const within = isWithin(name, `MB of peak, ${what}`, grown / MB, { atMost: most });
    return [`${name}, ${what}`, megabytes(grown), boundText(within, most)];
  };
  console.log(
    table(
      ["growth of the process's peak (VmHWM), MB", "", "bound"],
      [
        ["500 messages of 100 KB, over a server just started", megabytes(everyDay), ""],
        row("sent, over those", sent),
        row("then downloaded, over those", downloaded),
      ],
    ),
  );
}

/** With it comes what V8 lets gather, which any 64 MB of messages would have brought. */
async function measureFirstLargeMessage(): Promise<void> {
  await using server = await startMeasuredServer();
  const { sent, downloaded } = await peaksOver(server, largeBytes, "start");
  const head = ["growth of the peak of a server just started, MB", "sent", "sent and downloaded"];
  console.log(table(head, [[`one message of ${largeBytes / MB} MB`, megabytes(sent), megabytes(downloaded)]]));
}

async function measureConnections(): Promise<void> {
  await using server = await startMeasuredServer();
  const { open, rss, heap } = await heldByEach(server, connections);
  const cells = [String(open), rss.toFixed(0), heap.toFixed(0)];
  console.log(table(["idle connections", "bytes of the process for each", "of these heap"], [cells]));
}

function megabytes(bytes: number): string {
  return (bytes / MB).toFixed(1);
}

function boundText(within: boolean, bound: number): string {
  return `${within ? "within" : "OVER"} ${bound}`;
}
