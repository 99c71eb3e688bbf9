// A right request at each point, with what must be there for it, and whether its effect is there.

import { testMailboxes, testWorkflow } from "@restante/testbed";

import type { RequestPoint } from "../../src/faults/effects.ts";
import { ask, type Ask, type FaultyServer } from "./faulty-server.ts";

const { sender, pharmacy } = testMailboxes;
const from = `/messageexchange/${sender}`;
const to = `/messageexchange/${pharmacy}`;

export interface Prepared {
  request: Ask;
  /** Of its right answer. */
  status: number;
  /** Whether what it asks for was done; undefined if it changes nothing. */
  isDone?: () => Promise<boolean>;
}

export const messageHeaders: Readonly<Record<string, string>> = {
  "mex-to": pharmacy,
  "mex-workflowid": testWorkflow,
  "mex-subject": "A letter",
};

export async function sendOne(server: FaultyServer, headers: Record<string, string> = {}): Promise<string> {
  const request = { mailboxId: sender, method: "POST", path: `${from}/outbox`, body: "a body of some length" };
  const answer = await ask(server, "https", { ...request, headers: { ...messageHeaders, ...headers } });
  return (answer.json as { messageID: string }).messageID;
}

export async function listed(server: FaultyServer): Promise<string[]> {
  const answer = await ask(server, "https", { mailboxId: pharmacy, path: `${to}/inbox` });
  return (answer.json as { messages: string[] }).messages;
}

/** To be called while no fault stands. */
export const prepare: Readonly<Record<RequestPoint, (server: FaultyServer) => Promise<Prepared>>> = {
  handshake: async () => ({
    request: {
      mailboxId: sender,
      method: "POST",
      path: from,
      headers: { "mex-clientversion": "1", "mex-osname": "Linux", "mex-osversion": "6" },
    },
    status: 200,
  }),
  async send(server) {
    const before = (await listed(server)).length;
    return {
      request: { mailboxId: sender, method: "POST", path: `${from}/outbox`, headers: messageHeaders, body: "a letter" },
      status: 202,
      isDone: async () => (await listed(server)).length === before + 1,
    };
  },
  async chunk(server) {
    const messageId = await sendOne(server, { "mex-chunk-range": "1:2" });
    return {
      request: {
        mailboxId: sender,
        method: "POST",
        path: `${from}/outbox/${messageId}/2`,
        headers: { "mex-chunk-range": "2:2" },
        body: "the end",
      },
      status: 202,
      isDone: async () => (await listed(server)).includes(messageId),
    };
  },
  list: async () => ({ request: { mailboxId: pharmacy, path: `${to}/inbox` }, status: 200 }),
  download: async (server) => ({
    request: { mailboxId: pharmacy, path: `${to}/inbox/${await sendOne(server)}` },
    status: 200,
  }),
  async acknowledge(server) {
    const messageId = await sendOne(server);
    return {
      request: { mailboxId: pharmacy, method: "PUT", path: `${to}/inbox/${messageId}/status/acknowledged` },
      status: 200,
      isDone: async () => !(await listed(server)).includes(messageId),
    };
  },
  track: async (server) => ({
    request: { mailboxId: sender, path: `${from}/outbox/tracking?messageID=${await sendOne(server)}` },
    status: 200,
  }),
  lookup: async () => ({
    request: { mailboxId: sender, path: `/messageexchange/endpointlookup/FY901/${testWorkflow}` },
    status: 200,
  }),
};
