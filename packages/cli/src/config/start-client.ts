import {
  type Connections,
  createConnections,
  createMeshClient,
  type MeshClient,
  type ProxyOptions,
} from "@restante/mesh-client";
import {
  createDirectoryClient,
  type DirectoryClient,
  type DirectoryClientOptions,
} from "@restante/mesh-client/directory";
import { carryingOf } from "./carrying-properties.ts";
import type { ClientFile } from "./client-file.ts";
import type { Opening } from "./opening.ts";
import type { PartSettings } from "./part.ts";
import type { CallSettings, ProxySettings } from "./shared-properties.ts";

/** The MESH clients that carry the folders of mailboxes, at work. */
export async function startClients(
  { file, text }: PartSettings<ClientFile>,
  { emit, closing, onLost }: Pick<Opening, "emit" | "closing" | "onLost">,
): Promise<DirectoryClient[]> {
  const clients: DirectoryClient[] = [];
  const lost = new Set<string>();
  const shared = closing.use(createConnections({ most: file.connectionsInAll, mostOfOne: file.connections }));
  for (const [index, mailbox] of file.mailboxes.entries()) {
    const at = `/mailboxes/${index}`;
    const client = openClient(text, file, closing, {
      mailboxId: mailbox.mailboxId,
      passwordAt: `${at}/password`,
      sharedKeyAt: "/sharedKey",
      proxyAt: "/proxy",
      tlsAt: mailbox.tls === undefined ? "/tls" : `${at}/tls`,
      shared,
    });
    const options: DirectoryClientOptions = {
      ...carryingOf(file),
      client,
      folder: mailbox.folder,
      emit,
      // The others go on. With none left, whoever starts the process is to hear that nothing is carried any more.
      onLost(error) {
        if (lost.add(mailbox.mailboxId).size === file.mailboxes.length) onLost(error);
      },
    };
    const directoryClient = await createDirectoryClient(options);
    closing.use(directoryClient).start();
    clients.push(directoryClient);
  }
  return clients;
}

/** The MESH API as one mailbox. What is secret is named by where the settings have it. */
export function openClient(
  text: (pointer: string) => string,
  { url, requestTimeoutMs, timeouts, proxy, connections, retries }: CallSettings,
  closing: AsyncDisposableStack,
  at: {
    readonly mailboxId: string;
    readonly passwordAt: string;
    readonly sharedKeyAt: string;
    readonly proxyAt: string;
    readonly tlsAt: string;
    /** Those of other mailboxes too. Its own if absent. */
    readonly shared?: Connections;
  },
): MeshClient {
  return closing.use(
    createMeshClient({
      url,
      mailboxId: at.mailboxId,
      password: text(at.passwordAt),
      sharedKey: text(at.sharedKeyAt),
      tls: { key: text(`${at.tlsAt}/key`), cert: text(`${at.tlsAt}/cert`), ca: text(`${at.tlsAt}/ca`) },
      requestTimeoutMs,
      timeouts,
      proxy: proxyOf(proxy, () => text(`${at.proxyAt}/password`)),
      connections: at.shared ?? connections,
      retries,
    }),
  );
}

function proxyOf(
  { url, username, from }: ProxySettings = {},
  password: () => string,
): ProxyOptions | "environment" | undefined {
  if (url === undefined) return from;
  return username === undefined ? { url } : { url, username, password: password() };
}
