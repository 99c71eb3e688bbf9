import type { ClockReading, Control, ControlClock, ControlMailboxes, Duration } from "@restante/control";
import { createMeshClient, type MeshClient, type MeshClientOptions } from "@restante/mesh-client";
import type { MailboxConfig } from "@restante/mesh-server";

import type { TestTls } from "./certificates.ts";
import { TestkitError } from "./errors.ts";
import type { Running } from "./running.ts";
import { createWaits, type Waits } from "./waits.ts";

/**
 * A MESH server of a test's own, and all that its control can do by the same names: `messages`, `mailboxes`, `faults`, `clock`,
 * `demographics`, `snapshots`, `reset` and `events`.
 */
export interface TestServer extends Omit<Control, "mailboxes" | "clock">, Waits, AsyncDisposable {
  /** Such as `http://127.0.0.1:49152`: what a MESH client is given. */
  readonly url: string;
  /** The secret of the environment, for the tokens of every mailbox. */
  readonly sharedKey: string;
  /** Whom to trust and who to be, with `tls: true`: PEM, and files that hold the same. Undefined with plain HTTP. */
  readonly tls: TestTls | undefined;
  readonly mailboxes: TestMailboxes;
  readonly clock: TestClock;
  /**
   * A MESH client of a mailbox, ready made: with the right password, shared key and certificate, unless told otherwise. It ends
   * with the server.
   * @throws {TestkitError} `mailbox-unknown`
   * @example
   * const { messageId } = await server.client("X26ABC1").send({ to: "X26ABC2", workflowId: "TEST_WORKFLOW", body: "hello" });
   */
  client(mailboxId: string, options?: Partial<MeshClientOptions>): MeshClient;
  /** Ends the server, its clients and, if it was given none, its data folder. Nothing keeps the test's process alive after it. */
  close(): Promise<void>;
}

export interface TestMailboxes extends ControlMailboxes {
  /** What each of them was given at start: its id, password, ODS code and name. */
  readonly all: readonly MailboxConfig[];
}

/** The clock of expiry, deletion, retries and routing. Tokens and certificates follow the real one. */
export interface TestClock extends Pick<ControlClock, "read"> {
  /**
   * Moves it on, and resolves when everything that fell due by it was done.
   * @example
   * await server.clock.advance("5d"); // or { by: "5d" }
   */
  advance(by: Duration | { by: Duration }): Promise<ClockReading>;
}

export interface Known {
  readonly mailboxes: readonly MailboxConfig[];
  readonly sharedKey: string;
  readonly tls: TestTls | undefined;
}

/** What a test holds of a server that runs. `ended`: what is to be done when it was closed. */
export function testServer(running: Running, known: Known, ended: () => Promise<void>): TestServer {
  const control = (): Control => running.control;
  const clients = new Set<MeshClient>();
  let closing: Promise<void> | undefined;

  function client(mailboxId: string, options: Partial<MeshClientOptions> = {}): MeshClient {
    const wanted = mailboxId.toUpperCase();
    const mailbox = known.mailboxes.find((one) => one.mailboxId.toUpperCase() === wanted);
    if (mailbox === undefined) {
      const ids = known.mailboxes.map((one) => one.mailboxId).join(", ");
      throw new TestkitError("mailbox-unknown", `The server has no mailbox ${mailboxId}. It has ${ids}.`);
    }
    const { password } = mailbox;
    const { sharedKey, tls } = known;
    const made = createMeshClient({ url: running.url, mailboxId, password, sharedKey, tls, ...options });
    clients.add(made);
    return made;
  }

  async function close(): Promise<void> {
    await Promise.all(Array.from(clients, (one) => one[Symbol.asyncDispose]()));
    await running.close();
    await ended();
  }
  const closeOnce = (): Promise<void> => (closing ??= close());

  return {
    url: running.url,
    sharedKey: known.sharedKey,
    tls: known.tls,
    client,
    ...createWaits(control),
    get messages() {
      return control().messages;
    },
    get faults() {
      return control().faults;
    },
    get demographics() {
      return control().demographics;
    },
    get snapshots() {
      return control().snapshots;
    },
    mailboxes: {
      all: known.mailboxes,
      list: () => control().mailboxes.list(),
      close: (input) => control().mailboxes.close(input),
      open: (input) => control().mailboxes.open(input),
    },
    clock: {
      read: () => control().clock.read(),
      advance: (by) => control().clock.advance(typeof by === "string" ? { by } : by),
    },
    reset: (input) => control().reset(input),
    events: (input, options) => control().events(input, options),
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  };
}
