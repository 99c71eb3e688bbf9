import type { Organisation } from "@restante/demographics";
import type { Emit } from "@restante/mesh";
import type { MeshServer } from "@restante/mesh-server";
import type { Practice } from "@restante/practice";
import type { Economy } from "./economy.ts";
import { openPages, startDirectoryClient, startPractice, startServer } from "./parts.ts";

/** An organisation at work: its system, and where people see its worklist. */
export interface WorkingOrganisation {
  readonly organisation: Organisation;
  readonly practice: Practice;
  readonly pages: string;
}

export interface WholeEconomy {
  readonly server: MeshServer;
  readonly organisations: readonly WorkingOrganisation[];
}

/** Every party in this process. They know each other by HTTPS and by folders alone, as if each had a machine of its own. */
export async function startEconomy(
  economy: Economy,
  emit: Emit,
  closing: AsyncDisposableStack,
  options: { strictTls?: boolean } = {},
): Promise<WholeEconomy> {
  const server = await startServer(economy, emit, closing, options);
  const organisations: WorkingOrganisation[] = [];
  for (const organisation of economy.directory.organisations) {
    organisations.push(await startOrganisation(economy, server.url, organisation, emit, closing));
  }
  return { server, organisations };
}

async function startOrganisation(
  economy: Economy,
  url: string,
  organisation: Organisation,
  emit: Emit,
  closing: AsyncDisposableStack,
): Promise<WorkingOrganisation> {
  for (const mailbox of organisation.mailboxes) {
    if (mailbox.transport === "directory") await startDirectoryClient(economy, mailbox, url, emit, closing);
  }
  const practice = await startPractice(economy, organisation, url, emit, closing);
  return { organisation, practice, pages: await openPages(economy, organisation, practice, closing) };
}
