import { formatNhsNumber, syntheticNhsNumber } from "@restante/mesh";
import type { Given } from "../command-line/tree.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface NhsNumberValues {
  readonly count: number;
  readonly spaces: boolean;
}

export async function nhsNumber({ options }: Given<NhsNumberValues>, terminal: Terminal): Promise<number> {
  const numbers = new Set<ReturnType<typeof syntheticNhsNumber>>();
  while (numbers.size < options.count) numbers.add(syntheticNhsNumber());
  const lines = Array.from(numbers, (number) => (options.spaces ? formatNhsNumber(number) : number));
  await terminal.write(`${lines.join("\n")}\n`);
  return 0;
}
