import type { TestContext } from "node:test";
import { type StartOptions, startServer, type TestServer } from "@restante/testkit";

/** Each way in which a server can be started: what is promised of one is promised of all. */
export const kinds: readonly (readonly [name: string, options: StartOptions])[] = [
  ["over HTTP, in the test's process", {}],
  ["over HTTPS, in the test's process", { tls: true }],
  ["over HTTP, in a process of its own", { process: true }],
  ["over HTTPS, in a process of its own", { process: true, tls: true }],
];

export async function started(t: Pick<TestContext, "after">, options: StartOptions = {}): Promise<TestServer> {
  const server = await startServer(options);
  t.after(() => server.close());
  return server;
}

export const workflowId = "TEST_WORKFLOW";
