// A MESH server in a process of its own, and the mailboxes of a sender and of its addressees.

import type { ReachableServer } from "@restante/testbed";
import { prepareServer } from "../server/prepare-server.ts";
import { type MeasuredServer, startProcess } from "../server/start-process.ts";

export interface Economy extends ReachableServer, AsyncDisposable {
  readonly sender: string;
  readonly addressees: readonly string[];
  readonly process: MeasuredServer;
}

export async function startEconomy(addressees: number): Promise<Economy> {
  await using opening = new AsyncDisposableStack();
  const { authority, config: prepared } = await prepareServer(opening);
  const idOf = (number: number): string => `Z90HC${String(number).padStart(3, "0")}`;
  const ids = Array.from({ length: addressees + 1 }, (_, number) => idOf(number));
  const mailboxes = ids.map((mailboxId) => ({
    mailboxId,
    name: mailboxId,
    odsCode: "Z90",
    password: `password of ${mailboxId}`,
  }));
  const config = { ...prepared, mailboxes: [...prepared.mailboxes, ...mailboxes] };
  const process = await startProcess({ file: "ours.ts" }, config);
  opening.use(process);
  const closing = opening.move();
  const [sender = "", ...others] = ids;
  return {
    url: process.url,
    config,
    authority,
    clock: undefined,
    sender,
    addressees: others,
    process,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
