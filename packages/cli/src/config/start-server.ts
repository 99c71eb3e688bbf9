import { embeddedDemographics } from "@restante/demographics";
import { createMeshServer, type MeshServer, type MeshServerConfig } from "@restante/mesh-server";
import { hold, listenAt, type Opening } from "./opening.ts";
import type { PartSettings } from "./part.ts";
import type { ServerFile } from "./server-file.ts";

/** What a start of the server may be told, and is not kept. */
export interface ServerStart {
  /** The clock is right, though it jumped: see `MeshServerConfig.acceptClock`. */
  readonly acceptClock?: boolean;
}

/** `--strict-tls`, whatever the file says. */
export function withStrictTls(file: ServerFile): ServerFile {
  return { ...file, tls: { ...file.tls, strict: true } };
}

export async function startServer(
  settings: PartSettings<ServerFile>,
  opening: Opening,
  { acceptClock = false }: ServerStart = {},
): Promise<MeshServer> {
  const { emit, closing, remedies } = opening;
  const config: MeshServerConfig = { ...serverConfig(settings), acceptClock };
  const demographics = embeddedDemographics(settings.directory());
  hold(config.dataFolder, { part: "server" }, opening);
  const server = await listenAt(config, "the MESH server", remedies, () =>
    createMeshServer(config, { demographics, emit }),
  );
  return closing.use(server);
}

function serverConfig({ file, text }: PartSettings<ServerFile>): MeshServerConfig {
  const { directory: _, log: __, ...own } = file;
  return {
    ...own,
    sharedKey: text("/sharedKey"),
    tls: { ...file.tls, key: text("/tls/key"), cert: text("/tls/cert"), ca: text("/tls/ca") },
    mailboxes: file.mailboxes.map((mailbox, index) => ({
      ...mailbox,
      password: text(`/mailboxes/${index}/password`),
    })),
  };
}
