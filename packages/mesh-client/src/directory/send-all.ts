import type { DirectoryContext } from "./context.ts";
import { FolderTrouble } from "./folder-trouble.ts";
import type { MeshClientError } from "../mesh-client-error.ts";
import type { Sighting } from "./out-folder.ts";
import { handlePair } from "./pair.ts";
import type { PairResult } from "./pair-ends.ts";
import { isOfTheWay, serverAnswers } from "./way-to-the-server.ts";

/**
 * So many failures in a row end the sending of a poll, although the server answers: each may leave a pair in doubt, and
 * whatever is wrong with sending should not do that to all of them.
 */
const mostInARow = 10;

/**
 * Does what is due for each pair, oldest control file first, but after the others those that failed before: what fails
 * does not hold up what is behind it. Once the server is known to be unusable, the other pairs are told so and not tried.
 *
 * @param failing the pairs that failed when they were last tried; kept from poll to poll
 */
export async function sendAll(
  context: DirectoryContext,
  sightings: readonly Sighting[],
  { down, failing, signal }: { down: MeshClientError | undefined; failing: Set<string>; signal: AbortSignal },
): Promise<Map<Sighting, PairResult["outcome"]>> {
  const { troubles } = context;
  const outcomes = new Map<Sighting, PairResult["outcome"]>();
  const present = new Set(sightings.map(({ key }) => key));
  for (const key of failing) if (!present.has(key)) failing.delete(key);
  const hasFailed = ({ key }: Sighting): boolean => failing.has(key);
  const ordered = [...sightings.filter((pair) => !hasFailed(pair)), ...sightings.filter(hasFailed)];

  let unusable = down;
  let inARow = 0;
  for (const sighting of ordered) {
    if (signal.aborted) break;
    const { outcome, error } = await handlePair(context, sighting, unusable).catch((cause: unknown) => ({
      outcome: "waiting" as const,
      // It had no chance to be told.
      error: troubles.met(cause),
    }));
    outcomes.set(sighting, outcome);
    if (unusable !== undefined) continue;
    failing.delete(sighting.key);
    if (error === undefined) {
      inARow = 0;
      continue;
    }
    failing.add(sighting.key);
    if (error instanceof FolderTrouble || isOfTheWay(error)) troubles.met(error);
    else troubles.metPair(error);
    if (error instanceof FolderTrouble) continue;
    inARow += 1;
    if (isOfTheWay(error) || inARow >= mostInARow || !(await serverAnswers(context, inARow, signal))) unusable = error;
  }
  return outcomes;
}
