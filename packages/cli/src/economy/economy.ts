import { join, resolve } from "node:path";
import { createLocalAuthority, type LocalAuthority } from "@restante/authority";
import { type Directory, type Organisation, readDirectory } from "@restante/demographics";
import { holdFolder, isOpenToOthers } from "@restante/durable";
import { readGivenText } from "../config/given-text.ts";
import type { DirectorySettings } from "../config/shared-properties.ts";
import { CliError } from "../errors.ts";
import { hasData, refuseDevelopmentFolder, refuseFolderWithoutEconomy, refuseOthersFolder } from "./folder.ts";
import { readSecrets, type Secrets } from "./secrets.ts";
import { recallSetup, type Setup } from "./setup.ts";

/** Where a small health economy keeps its data, and what it is made from. */
export interface EconomyOptions extends Partial<Setup> {
  /** Everything it writes is below this folder. */
  readonly data: string;
  /** For a command that starts no part: a folder without an economy is refused, and not made into one. */
  readonly mustExist?: boolean;
  /** Keys or passwords that were lost are made anew beside the data that was kept with them. */
  readonly newAuthority?: boolean;
}

/** A health economy's parties and what they know of each other. */
export interface Economy {
  /** Absolute. */
  readonly folder: string;
  readonly directory: Directory;
  /** The files that it was read from, absolute. */
  readonly files: DirectorySettings;
  readonly authority: LocalAuthority;
  readonly secrets: Secrets;
  readonly portBase: number;
  /** Whether it was made just now. */
  readonly made: boolean;
  /** Whether other users of this machine may look into the folder. It was there before, and keeps its mode. */
  readonly openToOthers: boolean;
  /** Aborted, with the error that says why, when a part in this process has lost the folder that it holds: all must stop. */
  readonly lost: AbortController;
}

/** Every party listens here and nowhere else: nobody signs in on the pages of an economy. */
export const HOST = "127.0.0.1";

/** How long one part waits while another makes the economy that both need, in milliseconds. */
const SETUP_WAIT_MS = 10_000;

/** What helps whoever finds a part at work on the folder already. */
export const IN_USE_REMEDY = "stop it first, or name another folder with --data";

/**
 * Opens the economy in this folder, and makes it there the first time. Making it is idempotent: each of its files is
 * whole or absent, so a first start that is cut off goes on with the next. Nothing is made where its patients and
 * organisations cannot be read, or are refused.
 *
 * @param accept refuses, by throwing, organisations that the command cannot work with
 * @throws CliError, DirectoryError (every problem of both files), LocalAuthorityError, DurableError
 */
export async function openEconomy(
  options: EconomyOptions,
  accept: (directory: Directory) => void = () => undefined,
): Promise<Economy> {
  const folder = resolve(options.data);
  if (options.mustExist === true) refuseFolderWithoutEconomy(folder);
  else refuseOthersFolder(folder);
  await refuseDevelopmentFolder(folder);
  const setup = recallSetup(folder, options);
  const files = { patients: setup.patients, organisations: setup.organisations };
  const directory = readDirectory({
    patients: readGivenText(files.patients),
    organisations: readGivenText(files.organisations),
    names: files,
  });
  accept(directory);
  using _setup = holdFolder(folder, "setup", { waitMs: SETUP_WAIT_MS, remedy: IN_USE_REMEDY });
  await setup.remember();
  const made = !hasData(folder);
  // Beside data, a key that is missing was lost: one made anew in its place would shut out whoever trusts the old.
  const mayMakeKeys = made || options.newAuthority === true;
  const mailboxes = directory.organisations.flatMap((organisation) => organisation.mailboxes);
  return {
    folder,
    directory,
    files,
    authority: await createLocalAuthority(join(folder, "authority"), {
      mayMake: mayMakeKeys,
      howToMake: "with --new-authority",
    }),
    secrets: await readSecrets(
      folder,
      mailboxes.map((mailbox) => mailbox.mailboxId),
      mayMakeKeys,
    ),
    portBase: setup.portBase,
    made,
    openToOthers: isOpenToOthers(folder) ?? false,
    lost: new AbortController(),
  };
}

/** The MESH server's port; 0: any free one. */
export function serverPort(economy: Economy): number {
  return economy.portBase;
}

/** Where the MESH server answers when it has a process of its own. */
export function serverUrl(economy: Economy): string {
  if (economy.portBase === 0) {
    throw new CliError(
      "usage",
      "--port-base 0 (any free port) is for `restante up` alone: the parts must know the port",
    );
  }
  return `https://${HOST}:${serverPort(economy)}`;
}

/** @throws CliError `organisation-unknown`, listing those there are */
export function organisationOf({ organisations }: Directory, odsCode: string | undefined): Organisation {
  const found = organisations.find((organisation) => organisation.odsCode === odsCode?.toUpperCase());
  if (found !== undefined) return found;
  const known = organisations.map((organisation) => organisation.odsCode).join(", ");
  throw new CliError(
    "organisation-unknown",
    odsCode === undefined
      ? `which organisation? --organisation is one of ${known}`
      : `there is no organisation ${odsCode} here: there are ${known}`,
  );
}

/** The port of an organisation's worklist; 0: any free one. */
export function worklistPort(economy: Economy, organisation: Organisation): number {
  return economy.portBase === 0 ? 0 : economy.portBase + 1 + economy.directory.organisations.indexOf(organisation);
}

/** Where an organisation's system keeps its data. */
export function practiceFolder(economy: Economy, organisation: Organisation): string {
  return join(economy.folder, "practices", organisation.odsCode);
}

/** Where a mailbox's client has its IN, OUT, SENT, FAILED and TEMP. */
export function mailboxFolder(economy: Economy, mailboxId: string): string {
  return join(economy.folder, "mesh", mailboxId);
}
