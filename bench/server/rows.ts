// What is measured, a row each, with its bounds.

export interface Row {
  /** By which it is asked for: what is done, how many at a time, over what. */
  readonly name: string;
  readonly work: "cycles" | "sends";
  readonly atATime: number;
  readonly tls: boolean;
  readonly bodyBytes: number;
  /** Of one round: long enough that each has its part of what comes in bursts (garbage, a journal that is moved). */
  readonly count: number;
  /** Before the first, until a send costs the same as the one before: a server that has run for days has its code compiled. */
  readonly warmUp: number;
  /** The most CPU that the server may need, as a multiple of the bare server's. Absent: not measured. */
  readonly mostCpu?: number;
  /** The least throughput that it must have, as a part of the bare server's. Absent: any. */
  readonly leastThroughput?: number;
}

const doors = [
  { door: "https", tls: true },
  { door: "http", tls: false },
];

/** Of small bodies. Bounds are of the MESH server: what else is measured on them is told. */
export const smallRows: readonly Row[] = doors.flatMap(({ door, tls }) =>
  [
    { work: "cycles", count: 1800, warmUp: 6000 } as const,
    { work: "sends", count: 4500, warmUp: 24_000 } as const,
  ].flatMap(({ work, count, warmUp }) =>
    [16, 64].map((atATime) => ({
      name: `${work}-${atATime}-${door}`,
      work,
      count,
      warmUp,
      atATime,
      tls,
      bodyBytes: 1000,
    })),
  ),
);

const large: readonly Row[] = doors.flatMap(({ door, tls }) =>
  [
    { size: "100kb", bodyBytes: 100_000, atATime: 16, count: 300, warmUp: 600 },
    { size: "10mb", bodyBytes: 10_000_000, atATime: 4, count: 24, warmUp: 24 },
  ].map(({ size, bodyBytes, atATime, count, warmUp }) => ({
    bodyBytes,
    atATime,
    count,
    warmUp,
    name: `cycles-${atATime}-${door}-${size}`,
    work: "cycles" as const,
    tls,
    leastThroughput: 0.9,
  })),
);

/** What is kept. What was aimed at, 1.5 and 0.75, the rows alone do not leave room for: decision 167. */
const kept = { mostCpu: 2.8, leastThroughput: 0.4 };

export const rows: readonly Row[] = [...smallRows.map((row) => Object.assign({}, row, kept)), ...large];

/** The same without what wobbles, in short rounds, hardly warm, and with room for a busy machine. */
export const quickRows: readonly Row[] = smallRows.map((row) =>
  Object.assign({}, row, { count: row.count / 9, warmUp: row.warmUp / 4, mostCpu: 4 }),
);
