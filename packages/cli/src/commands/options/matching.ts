import { oneOf } from "../../command-line/kinds.ts";
import { flag, type Option, optional } from "../../command-line/option.ts";
import type { Doubtful } from "../../config/business-response.ts";

/** Of a command that runs organisations' systems. */
export const doubtful: Option<Doubtful | undefined> = optional("doubtful", oneOf<Doubtful>(["answer", "queue"]), {
  value: "NAME",
  about: "answer what the register does not settle at once, or when a person has decided on it under Matching",
  otherwise: "that of the settings, or answer",
});

/** Of a command that runs organisations' systems. */
export const decideByHand: Option<boolean> = flag(
  "decide-by-hand",
  "a person answers the messages of an organisation without a register, on its pages, and not 30016 by itself",
);
