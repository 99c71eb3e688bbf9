// What is answered to a message of a kind that its receiver does not take: docs/decisions/270-kinds-not-taken.md.
import type { Reason } from "./acceptable.ts";
import type { CheckContext, DocumentUseCase } from "./rule.ts";
import { isGuess } from "./use-case.ts";

const names: Readonly<Record<DocumentUseCase, string>> = {
  "consultation-summary": "consultation reports",
  "online-consultation": "online consultation reports",
  generic: "documents other than consultation reports and online consultation reports",
};

/** Undefined where it is taken: also where its kind is only guessed at, so that nothing is refused for a guess. */
export function reasonNotTaken(
  { useCase, told }: CheckContext,
  doesNotTake: readonly DocumentUseCase[],
): Reason | undefined {
  const kind = doesNotTake.find((one) => one === useCase);
  if (kind === undefined || (told !== undefined && isGuess(told))) return undefined;
  return { code: "20010", issueCode: "not-found", text: `This organisation does not take ${names[kind]}.` };
}
