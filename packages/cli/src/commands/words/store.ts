import { command, type Command } from "../../command-line/tree.ts";
import { json } from "../options/control.ts";
import { configOptions } from "../options/economy.ts";
import { migrateOptions } from "../options/store.ts";

const { config } = configOptions;

export const doctorVerb: Command = command({
  name: "doctor",
  summary: "look whether what many nodes share is as it must be",
  about:
    "Looks at the PostgreSQL and the S3-compatible store that the settings of a node name, at the nodes that run there and at its own certificate, and says of each thing in a line whether it is as it must be, and what to do if it is not. Nothing is changed; nodes may run meanwhile.",
  options: { config, json },
  remarks: [
    "To see whether the bucket can be used it puts a small object there, and deletes it.",
    "Exit status: 0 nothing is at fault, though there may be warnings; 1 something is, or the settings cannot be used; 2 typed wrong, or settings of a server with a dataFolder.",
  ],
  examples: ["--config server.yaml", "--config server.yaml --json"],
  load: async () => (await import("../doctor.ts")).doctor,
});

export const migrateStoreWords: Command = command({
  name: "migrate-store",
  summary: "move what a server of one machine keeps to where many nodes share it",
  about:
    "Moves all that a server keeps in its data folder (SQLite and files) into the PostgreSQL and the S3-compatible store that new settings name: messages, places in inboxes, used tokens, closed mailboxes. What was moved is read again from both and compared; then the folder is closed for ever, and nodes may start. Stopped or killed, the same command goes on where it was.",
  options: { config, ...migrateOptions },
  remarks: [
    "Neither server may run meanwhile. Until the folder is closed its server may be started again: then the move begins anew, with an empty database.",
    "Exit status: 0 it is moved, or was already, or can be (--check); 1 it is not; 2 typed wrong.",
  ],
  examples: [
    "--config new.yaml --from-folder /srv/restante/server --check",
    "--config new.yaml --from-folder /srv/restante/server",
  ],
  load: async () => (await import("../migrate-store.ts")).migrateStore,
});
