import { isRoutingAddress, parseMailboxId } from "@restante/mesh";
import type { Shape } from "../input/shapes.ts";
import { parses, textThat } from "../input/values.ts";

/** A mailbox, and no address that MESH routes by. */
export const mailbox: Shape = textThat(
  (value) => !isRoutingAddress(value.trim().toUpperCase()) && parses(parseMailboxId)(value),
  "names no mailbox: its id is 1 to 100 letters, digits, underscores and hyphens",
);
