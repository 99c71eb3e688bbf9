// What the strictness `refuse` answers to a message that is acceptable and breaks a requirement that must be met:
// docs/decisions/192-strictness.md.
import type { Reason } from "./acceptable.ts";
import type { Finding } from "./finding.ts";

const text =
  "The message breaks a requirement that must be met, and the receiver has chosen to refuse such messages (GPCM-SD-041).";

/**
 * The errors in the order of their codes, those of one code in the order in which they were found. ITK3 numbers its codes from
 * the outside in: how a message is handled (10001 to 10010), its header (20006), its payload (20009).
 */
export function errorsByCode(findings: readonly Finding[]): readonly Finding[] {
  return findings
    .filter(({ severity }) => severity === "error")
    .toSorted((one, other) => codeOf(one).localeCompare(codeOf(other)));
}

/** Undefined where there is no error. */
export function reasonOfStrictness([first]: readonly Finding[]): Reason | undefined {
  return first && { code: codeOf(first), issueCode: first.issueCode ?? "invalid", text };
}

/** Every finding in a message has one; of a fault that had none, the payload's would say least that is untrue. */
function codeOf({ responseCode = "20009" }: Finding): string {
  return responseCode;
}
