import type { TestContext } from "node:test";
import type { ControlFile } from "@restante/mesh";
import type { ClientTls } from "@restante/mesh-client";
import type { Stray } from "@restante/practice";
import { waitFor } from "@restante/testbed";
import { type Economy, openEconomy } from "../../src/economy/economy.ts";
import { clientCommonName } from "@restante/authority";
import { type Closing, closingInReverse, newDataFolder } from "./at-end.ts";
import { type ControlToDrop, namesIn, withPractice } from "./data-folder.ts";
import { freePortBase, type RunningCommand, runCommand } from "./processes.ts";
import { straysOf } from "./worklists.ts";

/** By directory, of the organisation that sends. */
export const SENDER = "Y99001OT001";
/** By directory, of the practice that keeps the records. */
export const PRACTICE = "Y99002OT001";

/** Every step by directory takes a poll or two of a second; a busy machine takes longer. */
export const patience = { timeoutMs: 30_000, intervalMs: 50 };

export async function newEconomy(t: Closing): Promise<Economy> {
  return openEconomy({ data: await newDataFolder(t), portBase: await freePortBase() });
}

/** What a mailbox shows the server and trusts it by; issued now if no client of it has run yet. */
export async function tlsOf({ authority, directory }: Economy, mailboxId: string): Promise<ClientTls> {
  const { odsCode } = directory.organisations.find(({ mailboxes }) =>
    mailboxes.some((mailbox) => mailbox.mailboxId === mailboxId),
  )!;
  const issued = await authority.issue({ commonName: clientCommonName(mailboxId, odsCode), kind: "client" });
  return { ca: authority.caPem, ...issued };
}

/** A command on the economy's folder, until the test ends. Resolves when it has printed `ready`. */
export async function start(
  t: Closing,
  economy: Economy,
  words: readonly string[],
  ready: RegExp,
): Promise<RunningCommand> {
  const running = runCommand([...words, "--data", economy.folder]);
  t.after(() => running.end("SIGKILL"));
  await running.printed(ready);
  return running;
}

/** `restante up`, which sends nothing by itself. */
export async function startUp(t: Pick<TestContext, "after">): Promise<{ economy: Economy; up: RunningCommand }> {
  const closing = closingInReverse(t);
  const economy = await newEconomy(closing);
  return { economy, up: await start(closing, economy, ["up", "--no-samples"], /^Running\./m) };
}

/** A routing address as somebody types it. */
export function addressOf({ nhsNumber, born, surname }: { nhsNumber: string; born: string; surname: string }): string {
  return `GPPROVIDER_${nhsNumber}_${born}_${surname}`;
}

/** Of examples/patients.json, registered at the practice. */
export const registered = { nhsNumber: "9912815904", born: "09011955", surname: "Núñez" };

export function toPractice(changes: Partial<ControlFile> = {}): ControlToDrop {
  return { to: addressOf(registered), localId: "Y99001", ...changes, from: SENDER };
}

/** The MESH reports that the sending organisation shows as being about nothing it sent, once there are this many. */
export async function unmatchedReports(economy: Economy, count: number): Promise<Stray[]> {
  return waitFor(
    async () => {
      const reports = (await strays(economy)).filter(({ kind }) => kind === "mesh-report");
      return reports.length >= count && reports;
    },
    { ...patience, what: `${count} unmatched MESH reports` },
  );
}

/** What the sending organisation shows as belonging to nothing it sent, newest first. */
export function strays(economy: Economy): Promise<Stray[]> {
  return withPractice(economy, "Y99001", straysOf);
}

export async function inFolder(
  economy: Economy,
  folder: "OUT" | "SENT" | "FAILED",
  names: readonly string[],
): Promise<void> {
  await waitFor(
    async () => {
      const found = await namesIn(economy.folder, SENDER, folder);
      return names.every((name) => found.includes(name));
    },
    { ...patience, what: `${names.join(", ")} in ${folder}` },
  );
}
