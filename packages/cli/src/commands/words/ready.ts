import { text, wholeNumber } from "../../command-line/kinds.ts";
import { defaulted, optional } from "../../command-line/option.ts";
import { command, type Command } from "../../command-line/tree.ts";

const file = text("a file", "file");

export const readyWords: Command = command({
  name: "ready",
  summary: "wait until a MESH server takes messages (for scripts)",
  about:
    "Asks a MESH server of Restante whether it takes messages (its /readyz) until it does, and ends with 0; or until the time is up, and ends with 1 and the reason.",
  options: {
    wait: optional("wait", text("an address"), { value: "URL", about: "the server, such as http://127.0.0.1:8700" }),
    timeout: defaulted("timeout", wholeNumber({ to: 3600 }), {
      value: "SECONDS",
      about: "how long to wait",
      default: "60",
      note: "0: ask once",
    }),
    cacert: optional("cacert", file, {
      value: "FILE",
      about: "of https: who issued the server's certificate, PEM; its name is held against URL",
      otherwise: "whom this machine trusts",
    }),
    cert: optional("cert", file, {
      value: "FILE",
      about: "of https: a client's certificate, PEM, for a server that cuts others off (--strict-tls)",
    }),
    key: optional("key", file, { value: "FILE", about: "of https: its key, PEM" }),
  },
  examples: ["--wait http://127.0.0.1:8700", "--wait https://localhost --cacert ca.crt"],
  load: async () => (await import("../ready.ts")).ready,
});
