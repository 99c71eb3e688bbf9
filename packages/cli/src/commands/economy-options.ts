import { DEFAULT_DATA, DEFAULT_PORT_BASE } from "../defaults.ts";
import type { EconomyOptions } from "../economy/economy.ts";
import { CliError } from "../errors.ts";

/** The options of every command that works on an economy. */
export const economyOptions: {
  data: { type: "string"; default: string };
  "port-base": { type: "string" };
  patients: { type: "string" };
  organisations: { type: "string" };
} = {
  data: { type: "string", default: DEFAULT_DATA },
  "port-base": { type: "string" },
  patients: { type: "string" },
  organisations: { type: "string" },
};

/** Those of a command that starts a part: it may make an economy, or what one has lost. */
export const startOptions: typeof economyOptions & { "new-authority": { type: "boolean"; default: false } } = {
  ...economyOptions,
  "new-authority": { type: "boolean", default: false },
};

export const economyHelp: string = [
  `  --data DIR             where everything is kept (default ${DEFAULT_DATA})`,
  `  --port-base N          first port: the MESH server; the worklists come after it (default ${DEFAULT_PORT_BASE}; 0: any free ones)`,
  "  --patients FILE        another patients.json (see examples/README.md)",
  "  --organisations FILE   another organisations.json",
  "",
  "The ports and the two files are remembered in DIR: name them once.",
].join("\n");

/** Of the commands that start the MESH server. */
export const serverOptions: { "strict-tls": { type: "boolean"; default: false } } = {
  "strict-tls": { type: "boolean", default: false },
};

export const serverHelp: string =
  "  --strict-tls           cut clients without a trusted certificate off in the handshake, not with 403 after it";

export const startHelp: string = [
  "  --new-authority        make keys or passwords anew that were lost beside data: clients of your own must be told",
  economyHelp,
].join("\n");

/** The highest port, less room for the worklists of many organisations. */
const HIGHEST_PORT_BASE = 65_000;

export function readEconomyOptions(values: {
  data: string;
  "port-base"?: string | undefined;
  patients?: string | undefined;
  organisations?: string | undefined;
  "new-authority"?: boolean | undefined;
}): EconomyOptions {
  const { data, patients, organisations } = values;
  return {
    data,
    newAuthority: values["new-authority"] ?? false,
    ...(values["port-base"] === undefined ? {} : { portBase: readPortBase(values["port-base"]) }),
    ...(patients === undefined ? {} : { patients }),
    ...(organisations === undefined ? {} : { organisations }),
  };
}

function readPortBase(text: string): number {
  const portBase = Number(text);
  if (!/^\d+$/.test(text) || portBase > HIGHEST_PORT_BASE) {
    throw new CliError("usage", `--port-base is a number from 0 to ${HIGHEST_PORT_BASE}, not '${text}'`);
  }
  return portBase;
}
