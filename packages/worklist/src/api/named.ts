import type { Listing, ListPage, SentReportDetail, StrayDetail, Task } from "@restante/practice";
import { numberIn, problem, type AuditAct, type Reply, type RouteAccess } from "@restante/web";
import { sendFile } from "../file-response.ts";
import { type Asked, file, type Operation } from "./operation.ts";
import { telling } from "./problems.ts";
import type { ListShape } from "./shapes/common.ts";

// What the operations that read have in common, and those that act: the thing that an address names, and a page of a list.

type Anything = Pick<Asked<unknown, unknown>, "site" | "actor" | "params">;

/** @throws Problem `unknown` */
export async function taskAt({ site, actor, params }: Anything): Promise<Task> {
  const taskId = numberIn(params, "id");
  const task = taskId === undefined ? undefined : await site.worklist.task(taskId, actor);
  if (task === undefined) throw problem("unknown");
  return task;
}

/** @throws Problem `unknown` */
export async function reportAt({ site, actor, params }: Anything): Promise<SentReportDetail> {
  const report = await site.worklist.report(params["id"] ?? "", actor);
  if (report === undefined) throw problem("unknown");
  return report;
}

/** @throws Problem `unknown` */
export async function strayAt({ site, actor, params }: Anything): Promise<StrayDetail> {
  const strayId = numberIn(params, "id");
  const stray = strayId === undefined ? undefined : await site.worklist.stray(strayId, actor);
  if (stray === undefined) throw problem("unknown");
  return stray;
}

/** A page of a list, as it is answered. The audit has each thing that it shows. */
export async function pageListed<Item, Shape>(
  { site, request }: Pick<Asked<unknown, unknown>, "site" | "request">,
  page: ListPage,
  found: Promise<Listing<Item> & { cutOff?: true }>,
  { subjectOf, shapeOf }: { subjectOf: (item: Item) => string; shapeOf: (item: Item) => Shape },
): Promise<ListShape<Shape>> {
  const { items, total, cutOff } = await telling(found);
  site.listed(request, items.map(subjectOf));
  return { total, page: page.number, size: page.size, ...(cutOff && { cutOff }), items: items.map(shapeOf) };
}

export function seeing(act: AuditAct, about?: RouteAccess["about"]): RouteAccess {
  return { needs: "see", opensTo: "token", act, ...(about !== undefined && { about }) };
}

export function bytes(described: Omit<Operation, "method" | "answer">): Operation {
  return { ...described, method: "get", answer: file };
}

export async function sendNumbered(
  reply: Reply,
  given: string | undefined,
  name: string,
  read: (index: number) => ReturnType<Asked<unknown, unknown>["site"]["worklist"]["attachment"]>,
): Promise<Reply> {
  const index = numberIn({ given }, "given");
  const content = index === undefined ? undefined : await telling(read(index));
  if (index === undefined || content === undefined) throw problem("unknown");
  return sendFile(reply, content, `${name}-document-${index + 1}`, true);
}
