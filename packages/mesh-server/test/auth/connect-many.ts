// Opens and closes connections, one message of the parent a round: a process of its own, so that what the parent's
// memory does is the server's doing alone.

import { once } from "node:events";
import { connect, type ConnectionOptions } from "node:tls";

export interface Round {
  connections: number;
  tls: ConnectionOptions;
}

const AT_ONCE = 8;

process.once("disconnect", () => process.exit());
process.on("message", (round: Round) => void run(round));

async function run({ connections, tls }: Round): Promise<void> {
  let left = connections;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (; left > 0;) {
        left -= 1;
        const socket = connect(tls).resume();
        await once(socket, "secureConnect");
        socket.end();
        await once(socket, "close");
      }
    }),
  );
  process.send?.("done");
}
