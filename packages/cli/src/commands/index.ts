import type { Command } from "../command.ts";
import { clientCommand, practiceCommand, serverCommand } from "./part.ts";
import { sendCommand } from "./send.ts";
import { upCommand } from "./up.ts";

export const commands: readonly Command[] = [upCommand, sendCommand, serverCommand, clientCommand, practiceCommand];
