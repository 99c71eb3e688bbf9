import assert from "node:assert/strict";
import type { CheckResult } from "@restante/itk3";

/** Holds where the check finds nothing at all to say. */
export function assertClean({ findings, conforms, acceptable, negative }: CheckResult): void {
  assert.deepEqual({ findings, conforms, acceptable, negative }, clean);
}

const clean = { findings: [], conforms: true, acceptable: true, negative: undefined };
