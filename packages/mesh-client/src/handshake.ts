import { arch, release, type } from "node:os";
import { discard } from "./answers.ts";
import { checkSignal } from "./check-input.ts";
import type { Connection } from "./connection.ts";
import { packageVersion } from "./version.ts";

/** MESH API, Validate a mailbox (Handshake): due once every 24 hours. */
export async function handshake(connection: Connection, signal: AbortSignal | undefined): Promise<void> {
  checkSignal(signal);
  const answer = await connection.request({
    operation: "handshake",
    method: "POST",
    path: connection.mailboxPath,
    headers: {
      "mex-clientversion": `Restante==${packageVersion()}`,
      "mex-osname": type(),
      "mex-osversion": release(),
      "mex-osarchitecture": arch(),
    },
    repeatable: true,
    signal,
  });
  await discard(answer);
}
