import type { Act } from "../command-line/tree.ts";
import { type DevelopmentValues, ofDevelopment, ofOthers } from "./development-values.ts";
import type { ServerValues } from "./part.ts";
import { refuseTyped } from "./refuse-typed.ts";

// One word, and two commands behind it: what each stands on is loaded for it alone, so that a server for development is
// there in well under a second.

export const server: Act<ServerValues & DevelopmentValues> = async (given, terminal, program) => {
  const { options } = given;
  if (options.dev) {
    refuseTyped(ofOthers(options), (name) => `${name} is not for --dev`);
    refuseTyped(halves(options), (name) => `${name} is of --tls: type that too`);
    return (await import("./develop.ts")).develop(given, terminal, program);
  }
  refuseTyped(ofDevelopment(options), (name) => `${name} is of --dev: type that too`);
  return (await import("./part.ts")).server(given, terminal, program);
};

function halves({ tls, tlsPort, strictTls }: ServerValues & DevelopmentValues): Readonly<Record<string, unknown>> {
  return tls ? {} : { "--tls-port": tlsPort, "--strict-tls": strictTls };
}
