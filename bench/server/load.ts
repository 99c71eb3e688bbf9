// What is done to a server, so many at a time, and that it did it: each status is looked at, and each body that comes back.

import { testMailboxes, testWorkflow, type ReachableServer } from "@restante/testbed";
import { openParty, type Reply } from "./party.ts";

export interface Load extends Disposable {
  /** A message sent, found in the inbox, downloaded and acknowledged; so many times. */
  cycles(count: number): Promise<void>;
  /** A message sent; so many times. */
  sends(count: number): Promise<void>;
}

export async function createLoad(
  server: ReachableServer,
  body: Buffer,
  atATime: number,
  { from, to }: { from: string; to: string } = { from: testMailboxes.sender, to: testMailboxes.practice },
): Promise<Load> {
  const sender = await openParty(server, from, atATime);
  const recipient = await openParty(server, to, atATime);
  const headers = {
    "mex-from": from,
    "mex-to": to,
    "mex-workflowid": testWorkflow,
    "content-type": "application/octet-stream",
  };

  async function send(): Promise<string> {
    const { message_id: id } = parse(await sender.call("POST", "outbox", headers, body), 202);
    if (typeof id !== "string") throw new Error("A message has no id.");
    return id;
  }

  async function list(): Promise<string[]> {
    return parse(await recipient.call("GET", "inbox"), 200)["messages"] as string[];
  }

  async function acknowledge(id: string): Promise<void> {
    expect(await recipient.call("PUT", `inbox/${id}/status/acknowledged`), 200);
  }

  async function cycle(): Promise<void> {
    const id = await send();
    if (!(await list()).includes(id)) throw new Error("A message that was accepted is not listed.");
    const downloaded = expect(await recipient.call("GET", `inbox/${id}`), 200);
    if (!downloaded.equals(body)) throw new Error("A body has come back changed.");
    await acknowledge(id);
  }

  return {
    cycles: (count) => repeat(count, atATime, cycle),
    sends: (count) => repeat(count, atATime, send),
    [Symbol.dispose]() {
      sender[Symbol.dispose]();
      recipient[Symbol.dispose]();
    },
  };
}

function expect({ status, body }: Reply, expected: number): Buffer {
  if (status !== expected) throw new Error(`answered ${status}, not ${expected}: ${body.toString("utf8", 0, 500)}`);
  return body;
}

function parse(reply: Reply, expected: number): Record<string, unknown> {
  return JSON.parse(expect(reply, expected).toString()) as Record<string, unknown>;
}

/** Work done so many times, by so many workers. */
async function repeat(count: number, workers: number, work: () => Promise<unknown>): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
}
