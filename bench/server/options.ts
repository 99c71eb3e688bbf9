import { parseArgs } from "node:util";

export interface Options {
  /** Names of rows, or beginnings of names. None: all. */
  readonly only: readonly string[];
  readonly rounds: number;
  /** CPU alone, of small bodies, in short rounds: what is steady enough to be told in less than a minute. */
  readonly quick: boolean;
  /** In the place of ours: the bare server that keeps all our rows. Of small bodies, and held to no bound. */
  readonly withRows: boolean;
  readonly profiles?: string;
}

/** @throws what is wrong with the words */
export function readOptions(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: "string", multiple: true, default: [] },
      rounds: { type: "string" },
      quick: { type: "boolean", default: false },
      rows: { type: "boolean", default: false },
      "cpu-prof": { type: "string" },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 5));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds is not a number of rounds");
  if (values.rows && values.quick) throw new Error("There is no --quick of --rows");
  return {
    only: values.only,
    rounds,
    quick: values.quick,
    withRows: values.rows,
    ...(values["cpu-prof"] !== undefined && { profiles: values["cpu-prof"] }),
  };
}
