// What the tests of control are made of: a real server for development, and a system that sends and collects at its door.

import { randomUUID } from "node:crypto";

import { embeddedDemographics } from "@restante/demographics";
import { createToken, type Event } from "@restante/mesh";
import {
  createDevelopmentServer,
  type DevelopmentServer,
  type DevelopmentServerConfig,
} from "@restante/mesh-server/development";
import { recordEvents, type RecordedEvents, temporaryFolder, testDirectory } from "@restante/testbed";

export const sender = "X26ABC1";
export const recipient = "X26ABC2";
export const third = "X26ABC3";
export const workflow = "TEST_WORKFLOW";

export interface Development {
  /** Of the server that runs now. */
  readonly server: DevelopmentServer;
  readonly config: DevelopmentServerConfig;
  /** Over restarts. */
  readonly events: RecordedEvents;
  restart(): Promise<void>;
}

export async function startDevelopment(
  t: { after(end: () => unknown): void },
  overrides: Partial<DevelopmentServerConfig> = {},
  onEvent: (event: Event) => void = () => undefined,
): Promise<Development> {
  const config: DevelopmentServerConfig = {
    dataFolder: await temporaryFolder(t),
    sharedKey: "TestKey",
    mailboxes: [sender, recipient, third].map((mailboxId) => ({
      mailboxId,
      name: `Mailbox ${mailboxId}`,
      odsCode: "X26",
      password: "password",
    })),
    workflows: [{ workflowId: workflow, senders: ["*"], receivers: ["*"] }],
    reserveBytes: 65_536,
    tickMs: 50,
    plain: { host: "127.0.0.1", port: 0 },
    ...overrides,
  };
  const events = recordEvents();
  const services = {
    demographics: embeddedDemographics(testDirectory()),
    emit: (event: Event) => {
      events.emit(event);
      onEvent(event);
    },
  };
  let server = await createDevelopmentServer(config, services);
  t.after(() => server.close());
  return {
    get server() {
      return server;
    },
    config,
    events,
    async restart() {
      await server.close();
      server = await createDevelopmentServer(config, services);
    },
  };
}

/** For one request of a mailbox of such a server. */
export function mailboxToken(mailboxId: string): string {
  const secrets = { password: "password", sharedKey: "TestKey" };
  return createToken({ mailboxId, ...secrets, nonce: randomUUID(), nonceCount: 1, now: new Date() });
}

/** One request of a mailbox's system. */
export function ask(
  { server }: Development,
  mailboxId: string,
  path: string,
  init: { method?: string; headers?: Record<string, string>; body?: string | Uint8Array<ArrayBuffer> } = {},
): Promise<Response> {
  return fetch(`${server.plainUrl!}/messageexchange/${mailboxId}/${path}`, {
    ...init,
    headers: { authorization: mailboxToken(mailboxId), ...init.headers },
  });
}

export async function send(
  development: Development,
  headers: Record<string, string> = {},
  body: string | Uint8Array<ArrayBuffer> = "letter",
): Promise<string> {
  const answer = await ask(development, sender, "outbox", {
    method: "POST",
    headers: { "mex-to": recipient, "mex-workflowid": workflow, ...headers },
    body,
  });
  if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { messageID: string }).messageID;
}

export async function inbox(development: Development, mailboxId: string): Promise<string[]> {
  const answer = await ask(development, mailboxId, "inbox");
  return ((await answer.json()) as { messages: string[] }).messages;
}
