import type { TestContext } from "node:test";
import { CodedError } from "@restante/mesh";
import { createSite, pageLinks, refusal, route, type SiteOptions } from "../src/index.ts";
import { openAudit } from "./open-audit.ts";

export interface Parcel {
  name: string;
  bytes: number;
  at: Date;
}

/** A site that has nothing to do with letters: a list, one form, and pages that fail. */
export interface TinySite {
  url: string;
  parcels: Parcel[];
  /** How often the form was taken. */
  sent: () => number;
  close: () => Promise<void>;
}

export class LostKey extends CodedError {
  readonly code = "lost-key";
}

export async function tinyOptions(
  t: Pick<TestContext, "after">,
  changes: Partial<SiteOptions> = {},
): Promise<SiteOptions> {
  return {
    host: "127.0.0.1",
    port: 0,
    name: "Parcel Office",
    heading: "Parcel Office (7)",
    home: "the parcels",
    navigation: [{ section: "list", href: "/", text: "Parcels <all>" }],
    views: new URL("views/", import.meta.url),
    assets: { own: { folder: new URL("assets/", import.meta.url), names: /^[a-z]+\.css$/ } },
    styles: ["/assets/own/tiny.css"],
    routes: () => {},
    audit: (await openAudit(t)).audit,
    ...changes,
  };
}

export async function openTinySite(t: TestContext, changes: Partial<SiteOptions> = {}): Promise<TinySite> {
  const parcels: Parcel[] = [{ name: "A parcel", bytes: 27_000, at: new Date("2026-07-23T07:41:30Z") }];
  let sent = 0;
  const site = await createSite(
    await tinyOptions(t, {
      surroundings: async () => ({ numbers: { list: { count: parcels.length, of: "waiting" } } }),
      explain: (error) => (error instanceof LostKey ? refusal(503, error.message) : undefined),
      routes(app, { show, token }) {
        const links = pageLinks({ page: 5, size: 10, total: 195, most: 100 }, (page) => `/?page=${page}`);
        app.get("/", route({ needs: "see", act: "list" }), async (request, reply) =>
          show(reply, "list", { parcels, links, token: token(request, "/send") }),
        );
        app.post("/send", route({ needs: "act", act: "complete" }), (_, reply) => {
          sent += 1;
          return reply.redirect("/", 303);
        });
        app.get("/fails", route({ needs: "see" }), () => {
          throw new Error("near 'SECRET': syntax error");
        });
        app.get("/lost", route({ needs: "see" }), () => {
          throw new LostKey("The key is lost. Ask the porter.");
        });
      },
      ...changes,
    }),
  );
  t.after(() => site[Symbol.asyncDispose]());
  return { url: site.url, parcels, sent: () => sent, close: async () => site[Symbol.asyncDispose]() };
}
