import type { Command } from "../command.ts";
import { checkCommand } from "./check.ts";
import { clientCommand, practiceCommand, serverCommand } from "./part.ts";
import { pairCommand } from "./pair.ts";
import { respondCommand } from "./respond.ts";
import { sendCommand } from "./send.ts";
import { upCommand } from "./up.ts";

export const commands: readonly Command[] = [
  upCommand,
  sendCommand,
  pairCommand,
  checkCommand,
  respondCommand,
  serverCommand,
  clientCommand,
  practiceCommand,
];
