import { ControlError, type ControlMessages } from "@restante/control";

import { BodyDamaged } from "../bodies/bodies.ts";
import type { Context } from "../context.ts";
import type { Operator } from "../operator.ts";
import { findMessage, listMessages } from "./find-messages.ts";
import { injectMessage, injectReport } from "./inject.ts";
import { wholeMessage } from "./shown-message.ts";
import type { Waits } from "./waits.ts";

export function createMessages(context: Context, operator: Operator, waits: Waits): ControlMessages {
  return {
    list: async (input = {}) => listMessages(context, input),
    async peek({ messageId, filter, bytes }) {
      const message = await findMessage(context, messageId, filter);
      try {
        return await wholeMessage(context, message, bytes);
      } catch (error) {
        if (!(error instanceof BodyDamaged)) throw error;
        throw new ControlError("not-possible", error.message, { cause: error });
      }
    },
    inject: (input) => injectMessage(context, input),
    report: (input) => injectReport(context, input),
    wait: (input, options) => waits.wait(input, options),
    expectNone: (input, options) => waits.expectNone(input, options),
    async putBack({ messageId }) {
      const done = await operator.putBack(messageId);
      return { messageId: done.messageId, collectBy: done.collectBy.toISOString() };
    },
  };
}
