import { type Control, ControlError, type MessageSummary, type WaitInput } from "@restante/control";

/** Waits as they read best in a test. Each fails with what was expected, and what came instead. */
export interface Waits {
  /**
   * The message that fits, once it is accepted; one that is there already, too.
   * @throws {ControlError} `not-in-time`
   * @example
   * const { messageId } = await server.waitForMessage({ mailbox: "X26ABC2", workflowId: "TEST_WORKFLOW" });
   */
  waitForMessage(filter?: Omit<WaitInput, "count">): Promise<MessageSummary>;
  /**
   * So many messages that fit, in the order of acceptance.
   * @throws {ControlError} `not-in-time`: "1 of 3 came within 10s", and what came instead
   * @example
   * const messages = await server.waitForMessages({ count: 3, mailbox: "X26ABC2", within: "2s" });
   */
  waitForMessages(input: WaitInput & { count: number }): Promise<readonly MessageSummary[]>;
  /**
   * Resolves when `within` is over and no message that fits was accepted since the call, or since `after`.
   * @throws {ControlError} `not-expected`, at once
   * @example
   * await server.expectNoMessage({ mailbox: "X26ABC2", within: "500ms" });
   */
  expectNoMessage(input: WaitInput & { within: string }): Promise<void>;
}

export function createWaits(control: () => Control): Waits {
  async function wait(input: WaitInput, count: number): Promise<readonly MessageSummary[]> {
    try {
      return (await control().messages.wait({ ...input, count })).messages;
    } catch (error) {
      throw saying(`Expected ${count === 1 ? "a message" : `${count} messages`}${described(input)}.`, error);
    }
  }
  return {
    waitForMessage: async (filter = {}) => (await wait(filter, 1))[0]!,
    waitForMessages: (input) => wait(input, input.count),
    expectNoMessage: async (input) => {
      try {
        await control().messages.expectNone(input);
      } catch (error) {
        throw saying(`Expected no message${described(input)} within ${input.within}.`, error);
      }
    },
  };
}

/** What a wait came to, said as an expectation. Made here, so that its stack leads to the line of the test. */
function saying(expected: string, error: unknown): unknown {
  const isOfWait = error instanceof ControlError && (error.code === "not-in-time" || error.code === "not-expected");
  return isOfWait ? new ControlError(error.code, `${expected} ${error.message}`, { cause: error }) : error;
}

/** May a patient stand in it? Then it is named and not said. */
const unsaid = new Set(["subject", "localId", "fileName", "containing"]);

const words: Readonly<Record<string, string>> = {
  mailbox: "in",
  from: "from",
  workflowId: "of workflow",
  type: "of type",
  state: "that is",
  linkedMessageId: "about",
  code: "of code",
  after: "after",
  since: "since",
  localId: "local id",
  fileName: "file name",
  subject: "subject",
  containing: "content",
};

function described(filter: WaitInput): string {
  const given = Object.entries(filter).filter(([name, value]) => words[name] !== undefined && value !== undefined);
  const said = given.filter(([name]) => !unsaid.has(name)).map(([name, value]) => ` ${words[name]} ${String(value)}`);
  const hidden = given.filter(([name]) => unsaid.has(name)).map(([name]) => words[name]);
  return said.join("") + (hidden.length === 0 ? "" : ` with the ${hidden.join(" and ")} asked for`);
}
