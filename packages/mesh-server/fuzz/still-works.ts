import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";

import type { Answer } from "./answers.ts";
import { type Doors, meet, open } from "./connection.ts";
import { fuzzed, tokenOf } from "./drafts.ts";

const [from, to] = fuzzed.mailboxes;

/** Has a message taken in, listed, given and acknowledged at each door. @throws what did not work */
export async function stillWorks(doors: Doors): Promise<void> {
  for (const [index, door] of doors.entries()) {
    const socket = open(door);
    try {
      await passOne(socket, fuzzed.afterwards[index]!);
    } finally {
      socket.destroy();
    }
  }
}

async function passOne(socket: Socket, workflow: string): Promise<void> {
  const text = "still here";
  const sent = await ask(socket, from, "POST", "outbox", { "Mex-To": to, "Mex-WorkflowID": workflow }, text);
  const { messageID } = JSON.parse(sent.body.toString()) as { messageID: string };
  const listed = await ask(socket, to, "GET", `inbox?workflow_filter=${workflow}`);
  const given = await ask(socket, to, "GET", `inbox/${messageID}`);
  await ask(socket, to, "PUT", `inbox/${messageID}/status/acknowledged`);
  const { messages } = JSON.parse(listed.body.toString()) as { messages: string[] };
  if (messages.join() !== messageID) throw new Error(`it lists ${messages.join()} in the place of ${messageID}`);
  if (given.body.toString() !== text) throw new Error(`it gives ${given.body.toString()} in the place of ${text}`);
}

async function ask(
  socket: Socket,
  mailbox: string,
  method: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): Promise<Answer> {
  const all = { Host: "localhost", Authorization: tokenOf(mailbox, randomUUID()), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} /messageexchange/${mailbox}/${target} HTTP/1.1\r\n${lines.join("")}`;
  const bytes = Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
  const [answer] = (await meet(socket, { kind: "intact", methods: [method], bytes, endless: false })).answers;
  if (answer === undefined || answer.status >= 300)
    throw new Error(`${method} ${target} is answered ${answer?.status}`);
  return answer;
}
