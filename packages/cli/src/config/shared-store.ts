import type { MeshServerConfig } from "@restante/mesh-server";
import { CliError } from "../errors.ts";
import { readPart } from "./read-part.ts";
import { serverPart } from "./server-file.ts";
import { serverConfig } from "./start-server.ts";

/** Of a node: as they would be used. */
export function readSharedSettings(path: string | undefined): MeshServerConfig & { store: string } {
  if (path === undefined) throw new CliError("usage", "--config is missing: name the settings of a node");
  const settings: MeshServerConfig = serverConfig(readPart(serverPart, path));
  const { store } = settings;
  if (store !== undefined) return { ...settings, store };
  throw new CliError(
    "usage",
    `${path} has a dataFolder, and no store (postgres://) that nodes share: what is wrong with a folder its server says at its start (docs/operations.md)`,
  );
}
