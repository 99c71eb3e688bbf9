const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
const written =
  /^(?<minus>-)?(?=\d)(?:(?<d>\d{1,5})d)?(?:(?<h>\d{1,6})h)?(?:(?<m>\d{1,8})m)?(?:(?<s>\d{1,9})s)?(?:(?<ms>\d{1,12})ms)?$/;

/** Milliseconds; undefined where it is no duration. */
export function readDuration(text: string): number | undefined {
  const parts = written.exec(text)?.groups;
  if (parts === undefined) return undefined;
  let sum = 0;
  for (const [unit, each] of Object.entries(units)) sum += Number(parts[unit] ?? 0) * each;
  return parts["minus"] === undefined ? sum : -sum;
}
