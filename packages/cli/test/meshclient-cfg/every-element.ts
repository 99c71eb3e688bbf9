import { clientElements, configElements } from "../../src/meshclient-cfg/elements.ts";

/** What stands in an element, by its name. */
export type Texts = Readonly<Record<string, string>>;

const usual: Texts = {
  PrimaryURL: "https://127.0.0.1:8700",
  LogPath: "log",
  KeyStorePath: "KEYSTORE/mesh.keystore",
  KeyStorePassword: "keystore-£-password",
  WorkPath: "working",
  ProxyPath: "proxy",
  SignalPath: "sig",
  PollPeriod: "15",
  ServerRetry: "3",
  MaxMessages: "100",
  MaxConnections: "4",
  AutoUpgrade: "N",
  ProcessingDelay: "2",
  AuthenticationKey: "shared-sesame",
  ClientIdentity: "X26HC001",
  ClientAuthentication: "pass&word",
  MailboxType: "MESH",
  InterfaceRoot: "data/X26HC001",
  ClientLogLevel: "1",
  CollectReport: "Y",
  DelayReport: "Y",
  TransferReport: "n",
  PollReport: "N",
  SaveSent: "N",
};

/** A meshclient.cfg with every element of the table, one a line: the first is on line 3. `clients` are what each has otherwise. */
export function everyElement(texts: Texts = {}, clients: readonly Texts[] = [{}], declaration = ""): string {
  const element = (name: string, indent: string, own: Texts): string => {
    const text = own[name] ?? texts[name] ?? usual[name];
    if (text === undefined) throw new Error(`nothing is known to stand in ${name}`);
    return `${indent}<${name}>${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</${name}>`;
  };
  return [
    `<?xml version="1.0"${declaration}?>`,
    "<MESHConfig>",
    ...configElements.map(({ name }) => element(name, "  ", {})),
    ...clients.flatMap((own) => [
      "  <Client>",
      ...clientElements.map(({ name }) => element(name, "    ", own)),
      "  </Client>",
    ]),
    "</MESHConfig>",
    "",
  ].join("\n");
}

/** The same file without these elements. */
export function without(cfg: string, ...names: readonly string[]): string {
  return cfg
    .split("\n")
    .filter((line) => !names.some((name) => line.includes(`<${name}>`)))
    .join("\n");
}
