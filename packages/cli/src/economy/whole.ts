import type { Organisation } from "@restante/demographics";
import type { Emit } from "@restante/mesh";
import type { Practice } from "@restante/practice";
import type { Opening } from "../config/opening.ts";
import { type PracticeChoices, withChoices } from "../config/practice-file.ts";
import { startClients } from "../config/start-client.ts";
import { openPages, startPractice } from "../config/start-practice.ts";
import { type ServerStart, type StartedServer, startServer, withStrictTls } from "../config/start-server.ts";
import type { Economy } from "./economy.ts";
import type { TellOfKept } from "./made-file.ts";
import { clientSettings, openingIn, practiceSettings, serverSettings, worksByFolders } from "./part-settings.ts";

/** An organisation at work: its system, and where people see its worklist. */
export interface WorkingOrganisation {
  readonly organisation: Organisation;
  readonly practice: Practice;
  readonly pages: string;
}

export interface WholeEconomy {
  readonly server: StartedServer;
  readonly organisations: readonly WorkingOrganisation[];
}

/** What is chosen is of every organisation; absent: as their settings say. */
export interface WholeStart extends ServerStart, PracticeChoices {
  readonly strictTls?: boolean;
  readonly tell?: TellOfKept;
}

/** Every party in this process. They know each other by HTTPS and by folders alone, as if each had a machine of its own. */
export async function startEconomy(
  economy: Economy,
  emit: Emit,
  closing: AsyncDisposableStack,
  { strictTls = false, strictness, doubtful, decideByHand = false, tell = () => undefined, ...start }: WholeStart = {},
): Promise<WholeEconomy> {
  const opening = openingIn(economy, { emit, closing });
  const settings = await serverSettings(economy, { tell, ...(strictTls ? { override: withStrictTls } : {}) });
  const server = await startServer(settings, opening, start);
  const organisations: WorkingOrganisation[] = [];
  for (const organisation of economy.directory.organisations) {
    organisations.push(
      await startOrganisation(economy, server.url, organisation, opening, { tell, strictness, doubtful, decideByHand }),
    );
  }
  return { server, organisations };
}

async function startOrganisation(
  economy: Economy,
  url: string,
  organisation: Organisation,
  opening: Opening,
  { tell, ...choices }: { tell: TellOfKept } & PracticeChoices,
): Promise<WorkingOrganisation> {
  if (organisation.mailboxes.some(worksByFolders)) {
    await startClients(await clientSettings(economy, organisation, url, { tell }), opening);
  }
  const settings = await practiceSettings(economy, organisation, url, { tell, ...withChoices(choices) });
  const practice = await startPractice(settings, opening);
  return { organisation, practice, pages: (await openPages(settings, practice, opening))! };
}
