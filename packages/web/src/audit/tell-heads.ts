import { codeOf } from "../code-of.ts";
import type { Audit } from "./audit.ts";
import { beginning } from "./chain.ts";
import type { AuditHead } from "./verify.ts";

const hourMs = 60 * 60 * 1000;

/** What is told: of an audit without a row, row 0 and a seal of noughts; or why there is nothing to tell, as a code. */
export type ToldHead = AuditHead | { readonly code: string };

/**
 * Tells the seal of the last row now, each hour and when it is disposed of: where it is kept elsewhere, an end of the audit that
 * was cut off is found. Where it cannot be read that is told instead, and tried again after an hour.
 */
export function tellHeads(
  audit: Pick<Audit, "head">,
  tell: (head: ToldHead) => void,
  everyMs: number = hourMs,
): Disposable {
  const tellNow = (): void => {
    let told: ToldHead;
    try {
      told = audit.head() ?? { sequence: 0, seal: Buffer.from(beginning).toString("hex") };
    } catch (error) {
      told = { code: codeOf(error) };
    }
    tell(told);
  };
  tellNow();
  const timer = setInterval(tellNow, everyMs).unref();
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      tellNow();
    },
  };
}
