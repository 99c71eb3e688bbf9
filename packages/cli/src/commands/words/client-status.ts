import { command, type Command } from "../../command-line/tree.ts";
import { json } from "../options/control.ts";
import { lookOptions } from "../options/economy.ts";
import { mailbox } from "../options/message.ts";

export const statusVerb: Command = command({
  name: "status",
  summary: "say how each mailbox of a client fares",
  about:
    "Says of each mailbox when it was last polled and whether that went well, how many pairs wait, are held or have failed, how much SENT and FAILED keep, and when its certificate ends. It asks no server, and changes nothing.",
  options: { mailbox, json, ...lookOptions },
  remarks: [
    "A client that runs need not be asked: what it says of itself is read from its folders, at most a minute old.",
    "Exit status: 0 all is well; 1 something needs a person, or it cannot be told, as where no client runs; 2 typed wrong.",
  ],
  examples: ["--config client.yaml", "--config client.yaml --json"],
  load: async () => (await import("../client-status.ts")).status,
});
