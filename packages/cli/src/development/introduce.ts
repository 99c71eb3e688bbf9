import { dirname, join } from "node:path";
import type { MailboxConfig } from "@restante/mesh-server";
import { type DevelopmentServer, type DevelopmentServerConfig, isLoopback } from "@restante/mesh-server/development";
import { shortest } from "../economy/folder.ts";
import { quoted } from "../terminal/quoted.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { version } from "../version.ts";
import type { DevelopmentCertificates } from "./certificates.ts";
import { type DevelopmentFolder, LOG_FILE } from "./folder.ts";
import type { Registered } from "./sandbox-files.ts";

/** Beyond so many they are counted. */
const MOST_NAMED = 6;

export interface Introduced {
  readonly server: DevelopmentServer;
  readonly config: DevelopmentServerConfig;
  readonly folder: DevelopmentFolder;
  readonly certificates: DevelopmentCertificates | undefined;
  readonly registered: Registered;
}

/** What whoever sets up a client needs to know of it, on one screen. */
export function introduce(introduced: Introduced, terminal: Terminal): void {
  const { certificates, config } = introduced;
  const { print, paint } = terminal;
  warn(introduced, terminal);
  print(`${paint.bold("Restante")} ${version()}: a MESH server for development\n`);
  const facts = factsOf(introduced);
  const width = Math.max(...facts.map(([name]) => name.length));
  for (const [name, text] of facts) print(`  ${name.padEnd(width)}  ${text}`);
  if (certificates !== undefined) tellOfCertificates(certificates, introduced, terminal);
  print(
    `\n${paint.bold("Ready.")} In a script: restante ready --wait ${config.plain === undefined ? "" : reachable(introduced.server.plainUrl ?? "")}`,
  );
  suggestControl(introduced, terminal);
  print("Ctrl-C stops it.\n");
}

/** What control is for, as words to type in another terminal. */
function suggestControl({ server, folder }: Introduced, { print }: Terminal): void {
  const { controlUrl, controlSocket } = server;
  if (controlUrl === undefined && controlSocket === undefined) return;
  const page = controlUrl === undefined ? "" : `, or ${controlUrl} in a browser`;
  const data = quoted(shortest(folder.path));
  print(`What goes wrong: restante control run lost-answer --data ${data} (restante control --help)${page}`);
}

type Fact = readonly [name: string, text: string];

function factsOf({ server, config, folder, registered }: Introduced): Fact[] {
  const { plainUrl, tlsUrl } = server;
  const { mailboxes, workflows, enforceWorkflows = false, sharedKey, admin } = config;
  const control = server.controlUrl ?? server.controlSocket;
  const base = reachable(plainUrl ?? "");
  const named = workflows.map(({ workflowId }) => workflowId);
  const others = enforceWorkflows ? "no other" : "any other";
  const tokenFile = shortest(admin?.tokenFile ?? "");
  const asksToken = admin?.open !== true && !isLoopback(config.plain?.host ?? "");
  return [
    ["MESH API", `${base}/messageexchange`],
    ...(tlsUrl === undefined
      ? []
      : [["HTTPS", `${reachable(tlsUrl)}/messageexchange, with a client certificate`] as const]),
    ["Mailboxes", mailboxesIn(mailboxes, registered)],
    ["Shared key", sharedKey],
    ["Workflows", `${named.length > MOST_NAMED ? `${named.length}` : named.join(", ") || "none"}, and ${others}`],
    ["Admin", `${base}/messageexchange/admin${asksToken ? `, for whoever has the token in ${tokenFile}` : ""}`],
    ...(control === undefined ? [] : [["Control", `${control}, for whoever has the token in ${tokenFile}`] as const]),
    [
      "Data",
      folder.isTemporary
        ? `${folder.path}, removed at the end: --data DIR keeps it`
        : `${shortest(folder.path)}, log in ${shortest(join(folder.path, LOG_FILE))}`,
    ],
  ];
}

/** The password of those that everybody knows is told; those of a file are its owner's. */
function mailboxesIn(mailboxes: readonly MailboxConfig[], { known }: Registered): string {
  const ids = mailboxes.map(({ mailboxId }) => mailboxId);
  const words = ids.length > MOST_NAMED ? `${ids.length}, from ${ids[0]} to ${ids.at(-1)}` : ids.join(", ");
  return known ? `${words}; the password of each is ${mailboxes[0]?.password}` : words;
}

/** What listens at every address answers at loopback. */
function reachable(url: string): string {
  return url.replace(/\/\/(?:0\.0\.0\.0|\[::\])(?=:)/, "//localhost");
}

function warn({ config, registered }: Introduced, { complain, paint }: Terminal): void {
  for (const remark of registered.remarks) complain(paint.yellow(remark));
  const host = config.plain?.host ?? "";
  if (isLoopback(host)) return;
  const wipe = config.admin?.open === true ? " and, with --open-admin, wipe it" : "";
  complain(
    paint.yellow(
      `It listens at ${host}: whoever reaches this machine can send and read as these mailboxes${wipe}. Not for real letters.`,
    ),
  );
}

/** In the words of each tool. `$CERTS` is what a shell puts in; the other tools' lines need it written out. */
function tellOfCertificates(
  { files }: DevelopmentCertificates,
  { server, folder, config }: Introduced,
  { print, paint }: Terminal,
): void {
  const at = dirname(files.ca);
  const pair = `"$CERTS/client-mesh.crt", "$CERTS/client-mesh.key"`;
  const stay = folder.isTemporary ? "they go with the folder; with --data DIR they stay" : "the same at every start";
  print(`\n${paint.bold("For HTTPS")}: ca.crt, client-mesh.crt and client-mesh.key (${stay})\n`);
  print(`  CERTS=${quoted(at)}\n`);
  const tools: Fact[] = [
    [
      "curl",
      `--cacert $CERTS/ca.crt --cert $CERTS/client-mesh.crt --key $CERTS/client-mesh.key ${reachable(server.tlsUrl ?? "")}/health`,
    ],
    [
      "Node",
      `NODE_EXTRA_CA_CERTS=$CERTS/ca.crt, and cert and key of https.request or undici's Agent: the two files' text`,
    ],
    [
      "Python",
      `MeshClient(..., shared_key=b"${config.sharedKey}", verify="$CERTS/ca.crt", cert=(${pair})); requests takes the last two`,
    ],
    [".NET", `SSL_CERT_FILE=$CERTS/ca.crt, and ClientCertificates.Add(X509Certificate2.CreateFromPemFile(${pair}))`],
    [
      "Java",
      "openssl pkcs12 -export -passout pass:changeit -name mesh -in $CERTS/client-mesh.crt -inkey $CERTS/client-mesh.key -out mesh.p12",
    ],
    [
      "",
      "keytool -importcert -noprompt -alias mesh -storepass changeit -storetype PKCS12 -file $CERTS/ca.crt -keystore trust.p12",
    ],
    [
      "",
      "-Djavax.net.ssl.keyStore=mesh.p12 -Djavax.net.ssl.keyStorePassword=changeit -Djavax.net.ssl.trustStore=trust.p12 -Djavax.net.ssl.trustStorePassword=changeit",
    ],
  ];
  for (const [tool, what] of tools) print(`  ${tool.padEnd(6)}  ${what}`);
}
