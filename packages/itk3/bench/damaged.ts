// Of 20,000 damaged messages of each format, the one that takes longest to read and check beside what it was made of.
import { check, readMessage } from "@restante/itk3";
import { damaged, type Format, undamaged } from "../test/fuzz/damage.ts";
import { median } from "../../../bench/measure.ts";

const count = 20_000;
const suspects = 20;
const repeats = 5;
const times = 40;

function timeOf(bytes: Uint8Array): number {
  const start = performance.now();
  check(readMessage(bytes));
  return performance.now() - start;
}

/** In processor time: of so many at a time, since one takes no longer than the steps in which it may be told. */
function processorTimeOf(bytes: Uint8Array): number {
  const start = process.cpuUsage();
  for (let time = 0; time < times; time += 1) check(readMessage(bytes));
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

/** As a ratio; the number tells the message. What was slow once by the clock, for reasons of the machine's, is tried again. */
export function slowestDamaged(format: Format): { number: number; time: number } {
  const times = Array.from({ length: count }, (_, number) => ({ number, time: timeOf(damaged(format, number)) }));
  const slow = times.toSorted((a, b) => b.time - a.time).slice(0, suspects);
  const ratios = slow.map(({ number }) => {
    const pairs = Array.from({ length: repeats }, () =>
      [damaged(format, number), undamaged(format, number)].map(processorTimeOf),
    );
    return { number, time: median(pairs.map(([broken = 0, whole = 0]) => broken / whole)) };
  });
  return ratios.reduce((a, b) => (b.time > a.time ? b : a));
}
