// What is measured, a row each, with its bounds.

export interface Row {
  /** By which it is asked for: what is done, how many at a time, over what. */
  readonly name: string;
  readonly work: "cycles" | "sends";
  readonly atATime: number;
  readonly tls: boolean;
  readonly bodyBytes: number;
  /** Of one round. */
  readonly count: number;
  /** The most CPU that the server may need, as a multiple of the bare server's. Absent: not measured. */
  readonly mostCpu?: number;
  /** The least throughput that it must have, as a part of the bare server's. */
  readonly leastThroughput: number;
}

const counts = { cycles: 600, sends: 1500 };

export const rows: readonly Row[] = [true, false].flatMap((tls) =>
  (["cycles", "sends"] as const).flatMap((work) =>
    [16, 64].map((atATime) => ({
      name: `${work}-${atATime}-${tls ? "https" : "http"}`,
      work,
      atATime,
      tls,
      bodyBytes: 1000,
      count: counts[work],
      mostCpu: 1.5,
      leastThroughput: 0.75,
    })),
  ),
);
