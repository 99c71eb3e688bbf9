import type { Issue } from "../issue.ts";
import type { Resource } from "../stu3/types.ts";

export interface ReadResource {
  /** As far as it was read: whole only where `refused` is undefined. */
  resource: Resource | undefined;
  issues: Issue[];
  refused: Issue | undefined;
}
