/**
 * The one of these names that was most likely meant: it differs in capitals, hyphens and spaces only, in one letter of
 * each four at most, or by a word such as `name` at its end. Undefined where none is near. Only a name that is near a known one is safe to repeat: any other may be
 * anything, a patient's name too.
 */
export function nearestName(written: string, names: readonly string[]): string | undefined {
  if (written.length > LONGEST) return undefined;
  let best: { name: string; steps: number } | undefined;
  for (const name of names) {
    const steps = Math.min(...shortened(plain(written)).map((short) => stepsBetween(short, plain(name))));
    if (steps <= Math.floor(name.length / 4) && (best === undefined || steps < best.steps)) best = { name, steps };
  }
  return best?.name;
}

const LONGEST = 100;

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, "");
}

/** `familyname` may be meant for `family`. */
function shortened(name: string): string[] {
  return [name, name.replace(/(?<=.{3})(?:names?|numbers?|no|codes?|ids?)$/, "")];
}

/** Letters put in, left out or exchanged, and neighbours swapped (optimal string alignment). */
function stepsBetween(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const same = from[i - 1] === to[j - 1];
      let steps = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) steps = Math.min(steps, before[j - 2]! + 1);
      next.push(steps);
    }
    before = row;
    row = next;
  }
  return row[to.length]!;
}
