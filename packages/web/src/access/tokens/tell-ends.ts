import type { Token, Tokens } from "./token.ts";

const dayMs = 86_400_000;
/** So long before it ends, and after, a token is told of. */
const toldForMs = 30 * dayMs;

/** Whether somebody is to make another in its place: it ends soon, or did not long ago, and is not revoked. */
export function isToBeReplaced({ endsAt, revokedAt }: Token, now: Date): boolean {
  return revokedAt === undefined && Math.abs(endsAt.getTime() - now.getTime()) <= toldForMs;
}

/** Tells of each token that is to be replaced, at the start and each day. */
export function tellEnds(
  tokens: Pick<Tokens, "list">,
  tell: (token: Token) => void,
  now: () => Date = () => new Date(),
  everyMs: number = dayMs,
): Disposable {
  const tellNow = (): void => {
    try {
      for (const token of tokens.list()) if (isToBeReplaced(token, now())) tell(token);
    } catch {
      // They are in the database of the audit, of which it is told each hour that it cannot be read.
    }
  };
  tellNow();
  const timer = setInterval(tellNow, everyMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
