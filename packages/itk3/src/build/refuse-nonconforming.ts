import { check } from "../check/check.ts";
import type { CheckOptions } from "../check/check-options.ts";
import type { Finding } from "../check/finding.ts";
import type { InputProblem } from "../errors.ts";
import { problemList, refuseInput } from "../input/problems.ts";
import { messageOf } from "../message/message-of.ts";
import type { Bundle, Resource } from "../stu3/types.ts";

/** Of what field of the input each resource of a document was made. */
export type Origins = Map<Resource, string>;

/**
 * The last look at what was built: what breaks a requirement that must be met is not sent. What the looks before say by
 * the field, this says by the requirement: of the field that the resource was made of, where there is one, else of the
 * place in the message.
 *
 * @throws Itk3Error `input-invalid`
 */
export function refuseNonconforming(
  message: Bundle,
  options: Required<Pick<CheckOptions, "envelope" | "generation" | "useCase">>,
  origins: Origins,
): void {
  const parts = messageOf(message);
  if (parts === undefined) return refuseInput("", "makes no message: there is no MessageHeader");
  const problems = problemList();
  for (const finding of check(parts, options).findings) {
    if (finding.severity === "error") problems.add(problemOf(finding, message, origins));
  }
  problems.refuse();
}

function problemOf({ id, location, text }: Finding, message: Bundle, origins: Origins): InputProblem {
  const said = text.replace(/\.$/, "");
  const origin = originAt(location, message, origins);
  if (origin === undefined) return { path: location, in: "message", requirement: id, text: `breaks it: ${said}` };
  return { path: origin, in: "input", requirement: id, text: `becomes what breaks it: ${said}` };
}

/** The input of the resource that a place of the message is in: `Bundle.entry[2].resource.entry[7].resource...`. */
function originAt(location: string, message: Bundle, origins: Origins): string | undefined {
  const [, outer, inner] = /^Bundle\.entry\[(\d+)\]\.resource\.entry\[(\d+)\]/.exec(location) ?? [];
  const document = message.entry?.[Number(outer)]?.resource;
  const resource = document?.resourceType === "Bundle" ? document.entry?.[Number(inner)]?.resource : undefined;
  return resource === undefined ? undefined : origins.get(resource);
}
