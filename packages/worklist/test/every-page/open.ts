import { fileURLToPath } from "node:url";
import { type Access, createOpenId, type ServedRoute } from "@restante/web";
import { createWorklistPages } from "@restante/worklist";
import { readConsultation, reportPdf } from "@restante/practice";
import { settableClock, type SettableClock } from "@restante/testbed";
import type { Browser, Page } from "playwright-core";
import {
  addUsers,
  authenticator,
  openTestAccess,
  password,
  testCertificate,
} from "../../../web/test/access/secure-site.ts";
import { openPages } from "../open-pages.ts";
import { signedInPage } from "../signed-in-page.ts";
import { organisation, sampleWorklist, type SampleWorklist } from "../sample-worklist.ts";
import type { PageState, SiteName, Surroundings } from "./page-state.ts";

type Context = Parameters<typeof openTestAccess>[0];
interface Opened extends Surroundings {
  readonly worklist: SampleWorklist;
  readonly routes: readonly ServedRoute[];
}

/** Opens states one after the other, each on a sample that is as new. */
export interface EveryPage {
  readonly routes: (site: SiteName) => Promise<readonly ServedRoute[]>;
  /** The page is gone when it has been looked at. */
  readonly show: (state: PageState, look: (page: Page) => Promise<void>) => Promise<void>;
}

export function everyPage(t: Context, browser: Browser, javaScriptEnabled: boolean): EveryPage {
  const sites = new Map<SiteName, Promise<Opened>>();
  // A page of its own for each state would be a process for each: what is opened in a page leaves nothing of what was there.
  const pages = new Map<string, Promise<Page>>();
  const site = (name: SiteName): Promise<Opened> => kept(sites, name, () => openSite(t, name));

  return {
    routes: async (name) => (await site(name)).routes,
    async show(state, look) {
      const { site: name = "usual", who = "clinician" } = state;
      const opened = await site(name);
      asNew(opened.worklist, name);
      state.before?.(opened.worklist);
      const open = async (): Promise<Page> => {
        const context = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled, viewport });
        const isSignedIn = name !== "computer" && who !== "nobody";
        return isSignedIn ? signedInPage(context, opened.url, who) : context.newPage();
      };
      const page = state.alone ? await open() : await kept(pages, `${name} ${who}`, open);
      try {
        await page.setViewportSize(viewport);
        await page.goto(opened.url + state.path);
        await state.steps?.(page, opened);
        if (javaScriptEnabled && (await page.locator("[data-pdf]").count()) > 0)
          await page.waitForSelector("[data-drawn]");
        await requireShown(page, state);
        await look(page);
      } finally {
        if (state.alone) await page.context().close();
      }
    },
  };
}

/** A state that cannot be shown leads to a page that is well made as well. */
async function requireShown(page: Page, { name }: PageState): Promise<void> {
  const failed = page.locator("main", { has: page.locator("h1", { hasText: "This did not work" }) });
  if ((await failed.filter({ hasText: "Something went wrong here" }).count()) > 0) {
    throw new Error(`“${name}” is not shown: something went wrong instead.`);
  }
}

const viewport = { width: 1280, height: 900 };

function kept<Key, Value>(all: Map<Key, Promise<Value>>, key: Key, make: () => Promise<Value>): Promise<Value> {
  const made = all.get(key) ?? make();
  all.set(key, made);
  return made;
}

const example = fileURLToPath(new URL("../../../../examples/consultation.json", import.meta.url));
const report = await reportPdf(await readConsultation(example), {
  organisation: { name: "Exampleton GP Federation", phone: "01632 960001" },
});

async function openSite(t: Context, name: SiteName): Promise<Opened> {
  const worklist = sampleWorklist(sampleOf(name));
  const teams = ["Prescribing", "Secretaries"];
  const clock = settableClock();
  const codeOn: Surroundings["codeOn"] = async (page) => {
    const key = (await page.locator("main code").textContent()) ?? "";
    return authenticator(key.replaceAll(" ", ""), clock)();
  };
  if (name === "computer") {
    const { url, routes } = await openPages(t, { worklist, organisation, teams });
    return { url, routes, worklist, codeOn, password };
  }
  const access = await openTestAccess(t, clock);
  await addUsers(access);
  const { tls } = await testCertificate();
  const pages = await createWorklistPages({
    worklist,
    organisation,
    teams,
    ...(name === "saving" && { unreadRole: "clinician" }),
    audit: access.audit,
    signIn: {
      access,
      secondFactor: name === "codes" ? "required" : "optional",
      now: () => clock.now(),
      ...(name === "issuer" && { openId: deadIssuer(access, clock) }),
    },
    door: { tls },
    host: "127.0.0.1",
    port: 0,
  });
  t.after(() => pages[Symbol.asyncDispose]());
  return { url: pages.url, routes: pages.routes, worklist, codeOn, password };
}

function deadIssuer(access: Access, clock: SettableClock): ReturnType<typeof createOpenId> {
  // Port 9 is closed: nobody listens for it on a machine that has no service "discard".
  const issuer = { issuer: "https://localhost:9", clientId: "restante", clientSecret: "secret" };
  return createOpenId({ ...issuer, buttonText: "Sign in with NHS CIS2" }, access, () => clock.now());
}

/** What people did in one state is not there in the next. */
function asNew(
  { all, sent, unmatched, contents, register, views, trouble, late, held }: SampleWorklist,
  name: SiteName,
): void {
  const fresh = sampleWorklist(sampleOf(name));
  all.splice(0, all.length, ...fresh.all);
  sent.splice(0, sent.length, ...fresh.sent);
  unmatched.splice(0, unmatched.length, ...fresh.unmatched);
  for (const [key, content] of fresh.contents) contents.set(key, content);
  views.clear();
  for (const [key, view] of fresh.views) views.set(key, view);
  register.clear();
  trouble.length = 0;
  late.clear();
  held.length = 0;
}

function sampleOf(name: SiteName): Parameters<typeof sampleWorklist>[0] {
  return { report, ...(name === "saving" && { filing: "/records" }) };
}
