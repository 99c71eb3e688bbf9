import type { ActOutcome, Matter, MatterKey } from "@restante/practice";
import { refusal, type Reply, type Request, route, type RouteAccess, type Routes } from "@restante/web";
import { actIn, pageOf, shownAgain } from "./changed-meanwhile.ts";
import { refusedWith } from "./refused.ts";
import { listHere } from "./list-here.ts";
import { afterwards } from "./return-path.ts";
import { actorAt, type WorklistSite } from "./site.ts";
import { problems, refusals } from "./words/refusals.ts";
import { isOpenedBySomebody } from "./unread-pages.ts";

/** Something with a page of its own that may need a person's attention. */
export interface Subject {
  key: MatterKey;
  /** Of its page. */
  address: string;
}

/**
 * The forms by which a person says that they have dealt with something, and takes that back. `path` has the parameter
 * `id`; `find` throws where there is no such thing, and `show` shows its page as it is now.
 */
export function serveMatterForms(
  app: Routes,
  site: WorklistSite,
  path: string,
  about: NonNullable<RouteAccess["about"]>,
  find: (request: Request, id: string) => Promise<Subject>,
  show: (reply: Reply, id: string, extra: object, asked: Readonly<Record<string, unknown>>) => Promise<void>,
): void {
  const { worklist } = site;
  interface Form {
    Params: { id: string };
    Body: Record<string, string> | undefined;
  }

  app.post<Form>(`${path}/deal-with`, route({ needs: "act", act: "deal-with", about }), async (request, reply) => {
    const { key, address } = await find(request, request.params.id);
    const by = actIn(site, request);
    const note = request.body?.["note"];
    const { outcome } = await telling(worklist.dealWith(key, by, note));
    if (outcome === "note-too-long") {
      const noteProblem = { text: problems["dealt-note-too-long"], at: "note" };
      const extra = { noteProblem, note, refresh: pageOf(address, request.body) };
      return show(reply.code(400), request.params.id, extra, request.body ?? {});
    }
    if (outcome === "changed-meanwhile") {
      const extra = shownAgain("deal-with", address, request.body);
      return show(reply.code(409), request.params.id, extra, request.body ?? {});
    }
    const list = listHere(site, request, request.body?.["from"]);
    return reply.redirect(
      list === undefined ? `${address}?done=dealt-with` : afterwards(list, "dealt-with", address),
      303,
    );
  });

  app.post<Form>(`${path}/undo`, route({ needs: "act", act: "undo", about }), async (request, reply) => {
    const { key, address } = await find(request, request.params.id);
    const { outcome } = await telling(worklist.undoDealtWith(key, actIn(site, request)));
    if (outcome === "changed-meanwhile") {
      const extra = shownAgain("undo", address, request.body);
      return show(reply.code(409), request.params.id, extra, request.body ?? {});
    }
    const list = listHere(site, request, request.body?.["from"]);
    return reply.redirect(
      `${address}?done=undone${list === undefined ? "" : `&from=${encodeURIComponent(list)}`}`,
      303,
    );
  });
}

async function telling(act: Promise<ActOutcome>): Promise<{ outcome: ActOutcome["outcome"] | "note-too-long" }> {
  try {
    return await act;
  } catch (error) {
    const code = refusedWith(error, ["note-too-long", "nothing-to-deal-with", "not-dealt-with"]);
    if (code === undefined) throw error;
    if (code === "note-too-long") return { outcome: code };
    throw refusal(409, refusals["changed-since"]);
  }
}

/** A person has opened the page of something new. */
export async function noteSeen(
  site: WorklistSite,
  request: Request,
  key: MatterKey,
  { version, matter }: { version: number; matter?: Matter },
): Promise<void> {
  if (matter?.state !== "new" || !isOpenedBySomebody(site, request)) return;
  await site.worklist.see(key, { actor: actorAt(site, request), version });
}
