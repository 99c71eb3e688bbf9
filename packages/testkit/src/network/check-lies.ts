import { ControlError, parseDuration } from "@restante/control";

import { TestkitError } from "../errors.ts";
import { connectionKinds, isOfRequest, type Lie, requestKinds } from "./lies.ts";
import type { NetworkOptions } from "./network-options.ts";

const optionNames: ReadonlySet<string> = new Set<keyof NetworkOptions>(["to", "port", "tls", "lies", "random"]);
const kinds: readonly string[] = [...connectionKinds, ...requestKinds];

/** @throws {TestkitError} `options-invalid`, with every problem */
export function checkNetworkOptions(options: NetworkOptions): void {
  const { to, tls, lies = [], random, port = 0 } = options;
  const sees = tls !== undefined || typeof to !== "string" || to.startsWith("http://");
  const problems = Object.keys(options)
    .filter((name) => !optionNames.has(name))
    .map((name) => `${name}: there is no such option`);
  if (
    typeof to === "string"
      ? !/^(https?:\/\/)?[^\s/:]+:\d+\/?$|^https?:\/\/[^\s/:]+\/?$|^unix:\/./.test(to)
      : typeof to?.url !== "string"
  ) {
    problems.push("to: must be a server of this testkit, a URL without a path, host:port, or unix:/PATH");
  }
  if (!isWhole(port, 0, 65_535)) problems.push("port: must be 0 to 65535");
  for (const [index, lie] of lies.entries())
    problems.push(...problemsOf(lie, sees).map((one) => `lies[${index}]${one}`));
  if (random !== undefined) {
    const { seed, chance = 0, mostBytes = 1, kinds: wanted = [] } = random;
    if (!Number.isSafeInteger(seed)) problems.push("random.seed: must be a whole number");
    if (!(chance >= 0 && chance <= 1)) problems.push("random.chance: must be 0 to 1");
    if (!isWhole(mostBytes, 1, 2 ** 31)) problems.push("random.mostBytes: must be a whole number from 1");
    for (const kind of wanted.filter((one) => !kinds.includes(one))) problems.push(`random.kinds: there is no ${kind}`);
  }
  refuse("startNetwork", problems);
}

/** @throws {TestkitError} `options-invalid` */
export function checkLie(lie: Lie, sees: boolean): void {
  refuse(
    "network.next",
    problemsOf(lie, sees).map((one) => `lie${one}`),
  );
}

function problemsOf(lie: Lie, sees: boolean): string[] {
  if (!kinds.includes(lie.do)) return [`.do: must be one of ${kinds.join(", ")}`];
  const problems: string[] = [];
  if (isOfRequest(lie)) {
    if (!sees) problems.push(`.do: ${lie.do} needs to see requests, which are behind TLS; give the network tls`);
    if (!/^[A-Z]+$/.test(lie.method ?? "POST")) problems.push(".method: must be such as POST");
    if (!isPlace(lie.request)) problems.push(".request: must be a number from 1, or every");
    return problems;
  }
  if (!isPlace(lie.connection)) problems.push(".connection: must be a number from 1, or every");
  if (lie.do === "refuse")
    return isDuration(lie.for) ? problems : [...problems, ".for: must be a duration, such as 500ms"];
  if (lie.way !== "to-server" && lie.way !== "to-client") problems.push(".way: must be to-server or to-client");
  if (!isWhole(lie.after ?? 0, 0, Number.MAX_SAFE_INTEGER)) problems.push(".after: must be a number of bytes");
  if (lie.do === "slow" && !isWhole(lie.bytesPerSecond, 1, 2 ** 31)) problems.push(".bytesPerSecond: must be from 1");
  return problems;
}

function isPlace(place: number | "every" | undefined): boolean {
  return place === undefined || place === "every" || isWhole(place, 1, Number.MAX_SAFE_INTEGER);
}

function isWhole(value: unknown, from: number, to: number): boolean {
  return Number.isInteger(value) && Number(value) >= from && Number(value) <= to;
}

function isDuration(text: string): boolean {
  try {
    return parseDuration(text) >= 0;
  } catch (error) {
    if (error instanceof ControlError) return false;
    throw error;
  }
}

function refuse(what: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new TestkitError("options-invalid", `The options of ${what}:\n${problems.map((one) => `  ${one}`).join("\n")}`);
}
