import { type CheckOptions, check } from "../check/check.ts";
import { Itk3Error } from "../errors.ts";
import { messageOf } from "../message/message-of.ts";
import type { Bundle } from "../stu3/types.ts";

/**
 * The last look at what was built: what breaks a requirement that must be met is not sent. What the refusals before say by
 * the name of a field, this says by the requirement and the place.
 *
 * @throws Itk3Error `input-invalid`
 */
export function refuseNonconforming(bundle: Bundle, options: Required<CheckOptions>): void {
  const message = messageOf(bundle);
  if (message === undefined) throw new Itk3Error("input-invalid", "The message has no MessageHeader.");
  const error = check(message, options).findings.find(({ severity }) => severity === "error");
  if (error === undefined) return;
  throw new Itk3Error("input-invalid", `${error.text} (${error.id}, ${error.location})`);
}
