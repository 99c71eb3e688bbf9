// Options of the command that runs MESH clients.
import { text, wholeNumber } from "../../command-line/kinds.ts";
import { flag, type Option, optional } from "../../command-line/option.ts";

export const meshclientCfg: Option<string | undefined> = optional("meshclient-cfg", text("a file", "file"), {
  value: "FILE",
  about: "the meshclient.cfg of the NHS's Java client, as it is, instead of --config (see docs/java-client.md)",
});

const pollEvery: Option<number | undefined> = optional(
  "poll-every",
  wholeNumber({ wanted: "a number of seconds, from 1", from: 1, to: 86_400 }),
  {
    value: "SECONDS",
    about: "look for messages so often, whatever the settings say: for trying it out",
    note: "MESH asks for 5 minutes at least",
  },
);

const takeOver: Option<boolean> = flag(
  "take-over",
  "no client on another machine uses these folders any more: take them at once, not after 5 minutes",
);

export const clientOptions: {
  readonly meshclientCfg: typeof meshclientCfg;
  readonly pollEvery: typeof pollEvery;
  readonly takeOver: typeof takeOver;
} = { meshclientCfg, pollEvery, takeOver };
