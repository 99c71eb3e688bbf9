import type { Command } from "../command.ts";
import { clientCommand, practiceCommand, serverCommand } from "./part.ts";
import { pairCommand } from "./pair.ts";
import { sendCommand } from "./send.ts";
import { upCommand } from "./up.ts";

export const commands: readonly Command[] = [
  upCommand,
  sendCommand,
  pairCommand,
  serverCommand,
  clientCommand,
  practiceCommand,
];
