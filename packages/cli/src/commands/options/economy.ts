// Options by which a data folder is found and its parts are started. Each option is written down once, in this folder, and
// commands pick what they take, so that `--data` means the same wherever it is offered.
import { text, wholeNumber } from "../../command-line/kinds.ts";
import { flag, type Option, optional } from "../../command-line/option.ts";
import { DEFAULT_DATA, DEFAULT_PORT_BASE } from "../../defaults.ts";
import { meshclientCfg } from "./client.ts";

/** The highest port, less room for the worklists of many organisations. */
const HIGHEST_PORT_BASE = 65_000;

const file = text("a file", "file");

// Of every command that works on a data folder.

const data: Option<string | undefined> = optional("data", text("a folder", "folder"), {
  value: "DIR",
  about: "the folder in which everything is kept",
  otherwise: DEFAULT_DATA,
});

const portBase: Option<number | undefined> = optional("port-base", wholeNumber({ to: HIGHEST_PORT_BASE }), {
  value: "N",
  about: "first port: the MESH server; the worklists come after it",
  otherwise: String(DEFAULT_PORT_BASE),
  note: "0: any free ones",
});

const patients: Option<string | undefined> = optional("patients", file, {
  value: "FILE",
  about: "another patients.json (see examples/README.md)",
});

const organisations: Option<string | undefined> = optional("organisations", file, {
  value: "FILE",
  about: "another organisations.json",
});

export const economyOptions: {
  readonly data: typeof data;
  readonly portBase: typeof portBase;
  readonly patients: typeof patients;
  readonly organisations: typeof organisations;
} = { data, portBase, patients, organisations };

/** What their help says below them. */
export const economyRemark = "The ports and the two files are remembered in DIR: name them once.";

// Of a command that starts a part: it may make an economy, or what one has lost.

export const newAuthority: Option<boolean> = flag(
  "new-authority",
  "make keys or passwords anew that were lost beside data: clients of your own must be told",
);

export const noSamples: Option<boolean> = flag("no-samples", "send nothing by itself");

export const organisation: Option<string | undefined> = optional("organisation", text("an ODS code"), {
  value: "CODE",
  about: "the organisation's ODS code, one of those in organisations.json",
});

// Of a command that runs one part, of a data folder or of none.

const config: Option<string | undefined> = optional("config", file, {
  value: "FILE",
  about: "the settings, a file of YAML, instead of a data folder (see docs/settings.md)",
});

const printConfig: Option<boolean> = flag(
  "print-config",
  "start nothing, and print the settings as they would be used: a file that can be used in its turn",
);

/** Of a command that looks at the folders of a client, and starts nothing: a data folder remembers its ports and files. */
export const lookOptions: {
  readonly config: typeof config;
  readonly meshclientCfg: typeof meshclientCfg;
  readonly data: typeof data;
  readonly organisation: typeof organisation;
} = { config, meshclientCfg, data, organisation };

export const configOptions: { readonly config: typeof config; readonly printConfig: typeof printConfig } = {
  config,
  printConfig,
};

// Of a command that starts a MESH server.

const strictTls: Option<boolean> = flag(
  "strict-tls",
  "cut clients without a trusted certificate off in the handshake, not with 403 after it",
);

const acceptClock: Option<boolean> = flag(
  "accept-clock",
  "the clock is right, though it jumped: let messages expire by it again",
);

export const serverOptions: { readonly strictTls: typeof strictTls; readonly acceptClock: typeof acceptClock } = {
  strictTls,
  acceptClock,
};
