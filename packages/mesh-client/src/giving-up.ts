import type { Readable } from "node:stream";
import type { Dispatcher } from "undici";

/** An exchange that may be given up at any time: while it waits for its turn or a connection, is sent, or answered. */
export interface GivingUp {
  readonly give: (reason: unknown) => void;
  /** Fails when it is given up. */
  readonly given: Promise<never>;
  /** A connection stands: false if it was given up already, and nothing is to be sent. */
  readonly begins: (controller: Dispatcher.DispatchController) => boolean;
  /** The head of the answer is there: it has been read whole perhaps, and its body by nobody. */
  readonly answered: (body: Readable) => void;
}

// Not an AbortController: that takes as long as all the rest of a small request.
export function givingUp(): GivingUp {
  const { promise: given, reject } = Promise.withResolvers<never>();
  given.catch(() => undefined);
  let reason: { readonly is: Error } | undefined;
  let breakOff: ((reason: Error) => void) | undefined;
  return {
    given,
    give(because) {
      if (reason !== undefined) return;
      reason = { is: Error.isError(because) ? because : new Error("given up", { cause: because }) };
      breakOff?.(reason.is);
      reject(reason.is);
    },
    begins(controller) {
      breakOff = (why) => controller.abort(why);
      if (reason !== undefined) breakOff(reason.is);
      return reason === undefined;
    },
    answered: (body) => void (breakOff = (why) => destroy(body, why)),
  };
}

/** Destroying an answer's body makes it fail, which is nobody's error. */
export function destroy(body: Readable, reason?: Error): void {
  body.on("error", () => undefined).destroy(reason);
}
