// What a page of a list costs the event loop, as a ratio to the page of an empty one: the rest of it is the same.
import { isWithin, ratio, takeTurns } from "../../../bench/measure.ts";
import { openPages } from "../test/open-pages.ts";
import { organisation, sampleWorklist } from "../test/sample-worklist.ts";

/** A list of reports has three tags in each row. */
const bounds = { "/": 8, "/reports": 14, "/unmatched": 8 };
const rounds = 40;
const timesARound = 5;

/** A row for each list: its name, the ratio with its bound, and what is said where it is over. */
export async function measureListPages(): Promise<string[][]> {
  await using full = await open(50);
  await using empty = await open(0);
  const rows: string[][] = [];
  for (const [path, bound] of Object.entries(bounds)) {
    const read = (url: string) => async (): Promise<void> => {
      for (let time = 0; time < timesARound; time += 1) await (await fetch(url + path)).arrayBuffer();
    };
    const works = { full: read(full.url), empty: read(empty.url) };
    // The first rounds warm up: pages are read for days.
    await takeTurns(works, rounds);
    const times = await takeTurns(works, rounds);
    const found = ratio(times.full, times.empty);
    const within = isWithin(`50 rows at ${path}`, "time / of an empty one", found, { atMost: bound });
    rows.push([`50 rows at ${path}`, `${found.toFixed(1)} (${bound})`, within ? "" : "OVER THE BOUND"]);
  }
  return rows;
}

async function open(rows: number): Promise<{ url: string } & AsyncDisposable> {
  const worklist = sampleWorklist({ empty: rows === 0 });
  const fill = <Item>(list: Item[], number: (item: Item, of: number) => Item): void => {
    const [first] = list;
    if (first !== undefined) list.splice(0, list.length, ...Array.from({ length: rows }, (_, of) => number(first, of)));
  };
  fill(worklist.all, (task, taskId) => ({ ...task, taskId }));
  fill(worklist.sent, (report, sequence) => ({ ...report, sequence }));
  fill(worklist.unmatched, (stray, strayId) => ({ ...stray, strayId }));
  const closing = new AsyncDisposableStack();
  const t = { after: (close: () => unknown): void => closing.defer(async () => void (await close())) };
  const { url } = await openPages(t, { worklist, organisation });
  return { url, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}
