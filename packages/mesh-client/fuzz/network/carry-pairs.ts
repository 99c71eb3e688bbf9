// Pairs from one directory client through a network that lies to a real server, and through another such network to the
// directory client of their recipient. What must hold in the end, whatever the networks did:
//
// - each pair is in SENT and in IN, once and byte for byte, or is shown as held and in IN once at most;
// - the elements of its control file that no client sets are in SENT and IN what they were in OUT;
// - nothing is in FAILED.

import type { TestContext } from "node:test";

import { localHosts } from "@restante/authority";
import type { ControlFile } from "@restante/mesh";
import type { DirectoryClient } from "@restante/mesh-client/directory";
import {
  clientCertificate,
  clientOptions,
  settableClock,
  startTestServer,
  testClient,
  testMailboxes,
  type TestServer,
} from "@restante/testbed";
import { type NetworkTls, type RandomLies, startNetwork, type TestNetwork } from "@restante/testkit";
import { createMeshClient } from "@restante/mesh-client";
import { startDirectory, type TestDirectory } from "../../test/directory/mailbox-folder.ts";
import { changedElements } from "../kept-elements.ts";
import { chunkBytes, type Draw, drawPairs, type DroppedPair, mostBytes, mostWhole } from "./pairs.ts";

const { sender, practice } = testMailboxes;

export interface CarryOptions {
  readonly seed: number;
  readonly pairs: number;
  /** Polls while the networks lie. */
  readonly lyingPolls?: number;
}

export interface Carried {
  /** What does not hold; of a pair by its number. */
  readonly problems: readonly string[];
  readonly held: number;
  readonly polls: number;
  /** How it can be had again. */
  readonly description: string;
  readonly lies: number;
}

/** Long enough that nothing sent before is on its way any more, to a client that goes by `answerWaitMs`. */
const BETWEEN_POLLS_MS = 61_000;
const MOST_POLLS = 80;

export async function carryPairs(t: Pick<TestContext, "after">, options: CarryOptions): Promise<Carried> {
  const { seed, lyingPolls = 8 } = options;
  const clock = settableClock();
  const server = await startTestServer(t, { clock });
  // Each third run as where the networks see bytes of TLS and no requests.
  const tls = seed % 3 === 1 ? undefined : await networkTls(server);
  const networkOf = async (mailbox: number): Promise<TestNetwork> => {
    const random: RandomLies = { seed: seed * 2 + mailbox, chance: 0.35, mostBytes: mostBytes * 2 };
    const network = await startNetwork({ to: server.url, random, ...(tls !== undefined && { tls }) });
    t.after(() => network.close());
    return network;
  };
  const [out, into] = [await networkOf(0), await networkOf(1)];
  const directoryOf = async (mailboxId: string, { url }: TestNetwork): Promise<TestDirectory> => {
    const timeouts = { connectMs: 400, headersMs: 300, bodyIdleMs: 300 };
    const retries = { attempts: 2, firstWaitMs: 1, longestWaitMs: 10 };
    const client = createMeshClient({ ...(await clientOptions(server, mailboxId)), url, timeouts, retries });
    const commit = seed % 4 === 3 ? "two-chunk" : "single";
    const sizes = { maxRequestBytes: mostWhole, chunkBytes, commit } as const;
    return startDirectory(t, server, mailboxId, { client, clock, answerWaitMs: 60_000, ...sizes });
  };
  const from = await directoryOf(sender, out);
  const to = await directoryOf(practice, into);

  const pairs = drawPairs(options.pairs, drawsOf(seed));
  for (const { base, control, data } of pairs) await from.drop(base, control, data);
  const dropped = new Map<string, ControlFile>();
  for (const { base } of pairs) dropped.set(base, await from.control("out", `${base}.ctl`));

  let polls = 0;
  async function pollBoth(): Promise<boolean> {
    polls += 1;
    const [sent, received] = await Promise.all([from.directory.pollOnce(), to.directory.pollOnce()]);
    // Nothing is on its way any more: the networks hold nothing, and the server has finished what it had in hand.
    await Promise.all([out.cut(), into.cut()]);
    await server.restart();
    clock.advance(BETWEEN_POLLS_MS);
    if (sent.waiting + sent.sent + received.received > 0 || (sent.error ?? received.error) !== undefined) return false;
    // A message that could not be had waits for its next try, and no poll tells.
    await using recipient = await testClient(server, practice);
    return (await recipient.list()).messageIds.length === 0;
  }
  while (polls < lyingPolls) await pollBoth();
  out.clear();
  into.clear();
  let isDone = false;
  while (!isDone && polls < MOST_POLLS) {
    isDone = await pollBoth();
    // What waits for a message's next try, at most 6 hours.
    if (polls > lyingPolls + 5) clock.advance(60 * 60 * 1000);
  }

  const problems = isDone ? [] : [`not done after ${polls} polls`];
  problems.push(...(await problemsOf(pairs, dropped, from, to)));
  const description = [`sending: ${out.describe()}`, `receiving: ${into.describe()}`].join("\n");
  const held = from.directory.held().length;
  return { problems, held, polls, description, lies: out.told.length + into.told.length };
}

/** With which a network ends TLS in front of this server: it knows whom the server knows. */
export async function networkTls(server: TestServer): Promise<NetworkTls> {
  const { authority } = server;
  return {
    ca: authority.caPem,
    server: await authority.issue({ commonName: "localhost", hosts: localHosts, kind: "server" }),
    client: await clientCertificate(server, sender),
  };
}

async function problemsOf(
  pairs: readonly DroppedPair[],
  dropped: ReadonlyMap<string, ControlFile>,
  from: TestDirectory & { readonly directory: DirectoryClient },
  to: TestDirectory,
): Promise<string[]> {
  const problems: string[] = [];
  const [sent, out, failed] = [await from.names("sent"), await from.names("out"), await from.names("failed")];
  for (const { names } of [from, to]) if ((await names("temp")).length > 0) problems.push("files left in TEMP");
  // Of what happened on the way, such as that MESH did not know us.
  if ((await from.names("in")).some((name) => name.endsWith(".dat"))) problems.push("a message in IN of the sender");

  const arrived = new Map<string, ControlFile[]>();
  for (const name of (await to.names("in")).filter((one) => one.endsWith(".dat"))) {
    const data = await to.read("in", name);
    const pair = pairs.find((one) => one.data.equals(data));
    if (pair === undefined) {
      problems.push(`a message in IN is no pair's, ${data.length} bytes`);
      continue;
    }
    const control = await to.control("in", name.replace(/\.dat$/, ".ctl"));
    arrived.set(pair.base, [...(arrived.get(pair.base) ?? []), control]);
  }

  const held = new Set(from.directory.held().map(({ baseName }) => baseName));
  for (const [number, { base, data }] of pairs.entries()) {
    const say = (what: string): void => void problems.push(`pair ${number}, ${data.length} bytes: ${what}`);
    const isIn = (names: readonly string[]): boolean => names.includes(`${base}.ctl`) && names.includes(`${base}.dat`);
    const source = dropped.get(base)!;
    const received = arrived.get(base) ?? [];
    const compare = (copy: ControlFile, where: "SENT" | "IN"): void =>
      changedElements(source, copy, where).forEach((property) => say(`another ${property} in ${where}`));
    if (isIn(failed)) say(`in FAILED, and ${received.length} times in IN`);
    for (const control of received) compare(control, "IN");
    if (held.has(base) && isIn(out)) {
      if (received.length > 1) say(`held, and ${received.length} times in IN`);
      continue;
    }
    if (received.length !== 1) say(`${received.length} times in IN`);
    if (!isIn(sent)) {
      say("not in SENT");
      continue;
    }
    if (!(await from.read("sent", `${base}.dat`)).equals(data)) say("other data in SENT");
    const control = await from.control("sent", `${base}.ctl`);
    compare(control, "SENT");
    if (control.messageId !== received[0]?.messageId) say("another message id in SENT than in IN");
  }
  return problems;
}

/** Numbers from 0 to below 1 (mulberry32). */
function drawsOf(seed: number): Draw {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
