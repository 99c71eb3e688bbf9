import { type Audit, route, type Routes } from "@restante/web";
import type { WorklistSite } from "./site.ts";
import { keptRows, keptSummary } from "./words/kept.ts";

/** How much is kept, since when and for how long: of no patient, so for whoever runs the system, and no row of the audit. */
export function serveKeptPage(
  app: Routes,
  { worklist, audit, show }: WorklistSite & { readonly audit: Pick<Audit, "kept"> },
): void {
  app.get("/kept", route({ needs: "configure" }), async (_request, reply) => {
    const kept = await worklist.kept();
    return show(reply, "kept", { summary: keptSummary(kept), rows: keptRows(kept, audit.kept()) });
  });
}
