import type { PracticeContext } from "../context.ts";

/** Until when what a person sends now can be taken back; undefined: it leaves at once. */
export function undoUntil({ undoSeconds }: Pick<PracticeContext, "undoSeconds">, at: Date): Date | undefined {
  return undoSeconds === 0 ? undefined : new Date(at.getTime() + undoSeconds * 1000);
}
