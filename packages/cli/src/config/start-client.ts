import { parseMailboxId } from "@restante/mesh";
import {
  type Connections,
  createConnections,
  createMeshClient,
  type MeshClient,
  type OnRetry,
  type ProxyOptions,
} from "@restante/mesh-client";
import {
  createDirectoryClient,
  type DirectoryClient,
  type PollObserver,
  type Workers,
} from "@restante/mesh-client/directory";
import type { Pulse } from "../client/pulse.ts";
import { carryingOf } from "./carrying-properties.ts";
import type { ClientFile } from "./client-file.ts";
import type { Opening } from "./opening.ts";
import type { PartSettings } from "./part.ts";
import type { CallSettings, ProxySettings } from "./shared-properties.ts";

/** The MESH clients that carry the folders of mailboxes, at work; all of them, or the first that cannot start is thrown. */
export async function startClients(
  settings: PartSettings<ClientFile>,
  { emit, closing, onLost }: Pick<Opening, "emit" | "closing" | "onLost">,
): Promise<DirectoryClient[]> {
  const clients: DirectoryClient[] = [];
  const lost = new Set<number>();
  const { length } = settings.file.mailboxes;
  const connections = closing.use(connectionsOf(settings.file));
  for (let index = 0; index < length; index += 1) {
    const client = await openDirectoryClient(settings, index, {
      emit,
      closing,
      connections,
      // The others go on. With none left, whoever starts the process is to hear that nothing is carried any more.
      onLost(error) {
        if (lost.add(index).size === length) onLost(error);
      },
    });
    clients.push(client);
  }
  return clients;
}

/** One set for all mailboxes. */
export function connectionsOf({ connectionsInAll, connections }: ClientFile): Connections {
  return createConnections({ most: connectionsInAll, mostOfOne: connections });
}

/** The MESH client that carries the folders of one of the mailboxes, at work. */
export async function openDirectoryClient(
  { file, text }: PartSettings<ClientFile>,
  index: number,
  { closing, pulse, connections, ...options }: DirectoryClientOpening,
): Promise<DirectoryClient> {
  const mailbox = file.mailboxes[index]!;
  const { mailboxId, folder, tls } = mailbox;
  const at = `/mailboxes/${index}`;
  const client = openClient(text, file, closing, {
    mailboxId,
    passwordAt: `${at}/password`,
    sharedKeyAt: "/sharedKey",
    proxyAt: "/proxy",
    tlsAt: tls === undefined ? "/tls" : `${at}/tls`,
    shared: connections,
    onRetry({ error: { code, message: reason }, ...call }) {
      options.emit({ event: "call-retried", mailboxId: parseMailboxId(mailboxId), ...call, code, reason });
    },
  });
  const directoryClient = await createDirectoryClient({
    ...carryingOf(file, mailbox),
    ...options,
    client: pulse === undefined ? client : pulse.follow(client),
    folder,
  });
  closing.use(directoryClient).start();
  return directoryClient;
}

export interface DirectoryClientOpening extends Pick<Opening, "emit" | "closing" | "onLost"> {
  /** Of all mailboxes. */
  readonly connections: Connections;
  readonly pulse?: Pick<Pulse, "follow">;
  readonly workers?: Workers;
  readonly observer?: PollObserver;
  readonly ofProcess?: () => readonly string[];
  /** A person has made sure, before this start, that no other machine uses the folder. */
  readonly takeOver?: boolean;
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
    readonly onRetry?: OnRetry;
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
      onRetry: at.onRetry,
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
