// Every page in every state that it has. A route that is missing here fails every-page.test.ts.

import type { SystemTrouble, Task } from "@restante/practice";
import type { Page } from "playwright-core";
import { headerIds } from "../sample-things.ts";
import type { SampleWorklist } from "../sample-worklist.ts";
import { laterStates } from "./later-states.ts";
import { ownStates } from "./own-states.ts";
import { follow, opened, press } from "./steps.ts";
import type { PageState } from "./page-state.ts";

/** Opens what is folded, and sends what is in it as it is. */
const sent = (folded: string, button: string) => async (page: Page) => {
  await opened(folded)(page);
  await press(button)(page);
};

const trouble: SystemTrouble = {
  part: "collecting",
  since: new Date("2026-11-23T07:00:00Z"),
  code: "unreachable",
  reason: "The MESH server cannot be reached.",
};
const task = (worklist: SampleWorklist, taskId: number): Task => worklist.all.find((one) => one.taskId === taskId)!;
const doubtful = (worklist: SampleWorklist): void => {
  for (const taskId of [2, 6])
    Object.assign(task(worklist, taskId).patient, { outcome: "doubtful", doubt: "details-differ" });
};
const many = (worklist: SampleWorklist): void => {
  const [, , , , done] = worklist.all;
  const copies = Array.from({ length: 230 }, (_, index) => ({ ...done!, taskId: 100 + index, state: "open" as const }));
  worklist.all.push(...copies);
};
const removed = (worklist: SampleWorklist): void => {
  const at = new Date("2026-11-20T03:00:00Z");
  Object.assign(task(worklist, 5), {
    state: "removed",
    subject: undefined,
    removed: { messageAt: at, at },
    responses: [],
  });
};
const worked = (worklist: SampleWorklist): void => {
  const by = { id: "u-1", name: "Amina Patel" };
  const on = task(worklist, 4);
  on.work = {
    assignee: { kind: "team", id: "Secretaries", name: "Secretaries" },
    priority: "urgent",
    dueOn: "2026-12-04",
  };
  on.acts.push(
    { at: new Date("2026-11-23T10:00:00Z"), by, act: "commented", note: "Rang the ward.\nNo answer." },
    { at: new Date("2026-11-23T09:30:00Z"), by, act: "assigned", about: "Secretaries (team)" },
  );
};

const list = "GET /";
const taskPage = "GET /tasks/:id";
const reportPage = "GET /reports/:id";

export const states: readonly PageState[] = [
  // The worklist
  { name: "worklist", path: "/", routes: [list], printed: true },
  { name: "worklist empty", path: "/", routes: [list], before: ({ all }) => void all.splice(0) },
  { name: "worklist of 235", path: "/?page=2", routes: [list], before: many },
  { name: "worklist beyond its end", path: "/?page=9", routes: [list] },
  { name: "worklist done", path: "/?show=completed", routes: [list] },
  { name: "worklist attention", path: "/?show=attention", routes: [list] },
  { name: "worklist filtered", path: "/?show=all&for=action&flag=duplicate.replacement&sort=patient", routes: [list] },
  { name: "worklist filtered nothing", path: "/?kind=set-aside&flag=duplicate", routes: [list] },
  { name: "worklist read-only", path: "/", routes: [list], who: "read-only" },
  { name: "worklist of this computer", path: "/", routes: [list], site: "computer" },
  { name: "worklist in trouble", path: "/", routes: [list], before: ({ trouble: all }) => void all.push(trouble) },
  { name: "worklist work", path: "/", routes: [list], before: worked },
  {
    name: "worklist search refused",
    path: "/",
    routes: [list, "POST /find"],
    async steps(page) {
      await opened("Filter the list")(page);
      await page.getByLabel("Received from").fill("31/2/2026");
      await press("Apply filters")(page);
    },
  },
  {
    name: "tasks found",
    path: "/",
    routes: ["POST /find", "GET /found/:id"],
    async steps(page) {
      await page.getByRole("searchbox").fill("WIŚNIEWSKI");
      await press("Search")(page);
      await page.getByRole("heading", { name: "Tasks found" }).waitFor();
    },
  },
  {
    name: "tasks found none",
    path: "/",
    routes: ["POST /find", "GET /found/:id"],
    async steps(page) {
      await page.getByRole("searchbox").fill("9912609132");
      await press("Search")(page);
      await page.getByRole("heading", { name: "No tasks found" }).waitFor();
    },
  },
  { name: "search gone", path: "/found/AAAAAAAAAAAAAAAAAAAAAA", routes: ["GET /found/:id"] },
  {
    name: "worklist after done",
    path: "/tasks/3",
    routes: ["POST /tasks/:id/complete"],
    steps: press("Mark as done: nothing to do"),
  },
  {
    name: "worklist after dealt with",
    path: "/",
    routes: ["POST /tasks/:id/deal-with"],
    steps: async (page) => follow(page, async () => page.locator(".app-deal button").first().click()),
  },

  // Several tasks at once
  { name: "several", path: "/several?task=3&task=4&from=%2F", routes: ["GET /several"] },
  { name: "several none", path: "/several", routes: ["GET /several"] },
  {
    name: "several refused",
    path: "/several?task=3&task=4",
    routes: ["POST /several/complete"],
    steps: press("Mark all 2 as done"),
  },
  {
    name: "several to nobody",
    path: "/several?task=3&task=4",
    routes: ["POST /several/assign"],
    steps: press("Give them to whom you chose"),
  },
  { name: "several done", path: "/several?task=3&task=4", routes: ["POST /several/assign"], steps: press("Take them") },

  // A task
  { name: "task", path: "/tasks/1", routes: [taskPage], printed: true },
  { name: "task to decide on", path: "/tasks/2", routes: [taskPage] },
  { name: "task not accepted", path: "/tasks/3", routes: [taskPage] },
  { name: "task set aside with work", path: "/tasks/4", routes: [taskPage], before: worked },
  { name: "task done", path: "/tasks/5", routes: [taskPage] },
  { name: "task replaced", path: "/tasks/6", routes: [taskPage] },
  { name: "task removed", path: "/tasks/5", routes: [taskPage], before: removed },
  { name: "task to match", path: "/tasks/6", routes: [taskPage], before: doubtful },
  { name: "task read-only", path: "/tasks/2", routes: [taskPage], who: "read-only" },
  { name: "task that there is not", path: "/tasks/99", routes: [taskPage] },
  {
    name: "task answer refused",
    path: "/tasks/2",
    routes: ["POST /tasks/:id/decide"],
    steps: press("Send the answer"),
  },
  {
    name: "task answered",
    path: "/tasks/2",
    routes: ["POST /tasks/:id/decide"],
    async steps(page) {
      await page.getByLabel("Referral accepted (30016)").check();
      await press("Send the answer")(page);
    },
  },
  {
    name: "task reason refused",
    path: "/tasks/3",
    routes: ["POST /tasks/:id/complete"],
    steps: sent("Done for another reason", "It is done for this reason"),
  },
  {
    name: "task reason note refused",
    path: "/tasks/3",
    routes: ["POST /tasks/:id/complete"],
    async steps(page) {
      await opened("Done for another reason")(page);
      await page.getByLabel("Another reason", { exact: true }).check();
      await press("It is done for this reason")(page);
    },
  },
  {
    name: "task give refused",
    path: "/tasks/3",
    routes: ["POST /tasks/:id/assign"],
    steps: sent("Give it to somebody", "Give it to them"),
  },
  { name: "task given", path: "/tasks/3", routes: ["POST /tasks/:id/assign"], steps: press("Take this task") },
  {
    name: "task due date refused",
    path: "/tasks/3",
    routes: ["POST /tasks/:id/prioritise"],
    async steps(page) {
      await opened("Set priority and due date")(page);
      await page.getByLabel("Day", { exact: true }).fill("31");
      await page.getByLabel("Month", { exact: true }).fill("2");
      await page.getByLabel("Year", { exact: true }).fill("2027");
      await press("Set them")(page);
    },
  },
  {
    name: "task comment refused",
    path: "/tasks/3",
    routes: ["POST /tasks/:id/comment"],
    steps: sent("Add a comment", "Add the comment"),
  },
  {
    name: "task opened again",
    path: "/tasks/5",
    routes: ["POST /tasks/:id/reopen"],
    steps: press("Open this task again"),
  },
  {
    name: "task needing attention again",
    path: "/tasks/2",
    routes: ["POST /tasks/:id/undo"],
    steps: async (page) => {
      await press("Mark as dealt with")(page);
      await page.goto(new URL("/tasks/2", page.url()).href);
      await press("It needs attention after all")(page);
    },
  },
  {
    name: "task note too long",
    path: "/tasks/2",
    routes: ["POST /tasks/:id/deal-with"],
    steps: async (page) => {
      await page.getByLabel("What you did about it").fill("Rang them. ".repeat(50));
      await press("Mark as dealt with")(page);
    },
  },
  {
    name: "task sent again",
    path: "/tasks/2",
    routes: ["POST /tasks/:id/responses/:header/send-again"],
    steps: press("Send it again"),
  },
  {
    name: "task taken back",
    path: "/tasks/5",
    routes: ["POST /tasks/:id/responses/:header/take-back"],
    steps: press("Undo"),
  },
  {
    name: "task changed meanwhile",
    path: "/tasks/3",
    routes: ["POST /tasks/:id/assign"],
    async steps(page) {
      for (const form of await page.locator('form[action$="/assign"]').all()) {
        await form.locator('input[name="version"]').evaluate((field) => field.setAttribute("value", "77"));
      }
      await press("Take this task")(page);
    },
  },
  {
    name: "form too old",
    path: "/tasks/3",
    routes: ["POST /tasks/:id/assign"],
    async steps(page) {
      for (const token of await page.locator('main input[name="token"]').all()) {
        await token.evaluate((field) => field.setAttribute("value", "old"));
      }
      await press("Take this task")(page);
    },
  },
  { name: "entries", path: "/tasks/1/entries", routes: ["GET /tasks/:id/entries"], printed: true },
  { name: "entries none", path: "/tasks/2/entries", routes: ["GET /tasks/:id/entries"] },
  { name: "messages of a patient", path: "/tasks/1/patient", routes: ["GET /tasks/:id/patient"] },
  {
    name: "document to print",
    bare: true,
    path: "/tasks/1/attachments/1/print",
    routes: ["GET /tasks/:id/attachments/:index/print"],
    printed: true,
  },
  {
    name: "document that cannot be printed",
    path: "/tasks/1/attachments/3/print",
    routes: ["GET /tasks/:id/attachments/:index/print"],
  },

  // Matching
  { name: "matching none", path: "/matching", routes: ["GET /matching"] },
  { name: "matching", path: "/matching", routes: ["GET /matching"], before: doubtful },
  { name: "match", path: "/tasks/1/match", routes: ["GET /tasks/:id/match"] },
  { name: "match decision", path: "/tasks/1/match?verdict=not-known", routes: ["GET /tasks/:id/match"] },
  {
    name: "match decision that answers",
    path: "/tasks/6/match?verdict=known&from=%2Fmatching",
    routes: ["GET /tasks/:id/match"],
    before: doubtful,
  },
  {
    name: "match decided",
    path: "/tasks/1/match?verdict=not-known",
    routes: ["POST /tasks/:id/match"],
    steps: press("Decide, and send nothing"),
  },
  {
    name: "match answered",
    path: "/tasks/6/match?verdict=known&from=%2Fmatching",
    routes: ["POST /tasks/:id/match/answer"],
    before: doubtful,
    steps: press("Decide, and answer the sender"),
  },

  // Sent reports
  { name: "reports", path: "/reports", routes: ["GET /reports"], printed: true },
  { name: "reports none", path: "/reports", routes: ["GET /reports"], before: ({ sent: all }) => void all.splice(0) },
  { name: "reports attention", path: "/reports?show=attention", routes: ["GET /reports"] },
  { name: "reports dealt with none", path: "/reports?show=dealt-with", routes: ["GET /reports"] },
  { name: "report", path: `/reports/${headerIds.accepted}`, routes: [reportPage], printed: true },
  { name: "report overdue", path: `/reports/${headerIds.overdue}`, routes: [reportPage] },
  { name: "report returned", path: `/reports/${headerIds.returned}`, routes: [reportPage] },
  { name: "report held", path: `/reports/${headerIds.held}`, routes: [reportPage] },
  { name: "report that there is not", path: "/reports/nothing", routes: [reportPage] },
  {
    name: "report sent again",
    path: `/reports/${headerIds.held}`,
    routes: ["POST /reports/:id/send-again"],
    steps: press("Send it again"),
  },
  {
    name: "report dealt with",
    path: `/reports/${headerIds.returned}`,
    routes: ["POST /reports/:id/deal-with"],
    steps: press("Mark as dealt with"),
  },
  {
    name: "report needing attention again",
    path: `/reports/${headerIds.returned}`,
    routes: ["POST /reports/:id/undo"],
    steps: async (page) => {
      await press("Mark as dealt with")(page);
      await page.goto(new URL(`/reports/${headerIds.returned}`, page.url()).href);
      await press("It needs attention after all")(page);
    },
  },
  {
    name: "report taken back",
    path: `/reports/${headerIds.accepted}`,
    routes: ["POST /reports/:id/take-back"],
    before({ sent: [one] }) {
      Object.assign(one!, {
        state: "built",
        undoableUntil: new Date("2026-11-23T07:41:53Z"),
        infrastructure: undefined,
        business: undefined,
      });
    },
    steps: press("Undo"),
  },
  {
    name: "report document to print",
    bare: true,
    path: `/reports/${headerIds.accepted}/attachments/1/print`,
    routes: ["GET /reports/:id/attachments/:index/print"],
  },

  // Unmatched messages
  { name: "unmatched", path: "/unmatched", routes: ["GET /unmatched"], printed: true },
  {
    name: "unmatched none",
    path: "/unmatched",
    routes: ["GET /unmatched"],
    before: ({ unmatched }) => void unmatched.splice(0),
  },
  { name: "unmatched message", path: "/unmatched/1", routes: ["GET /unmatched/:id"] },
  {
    name: "unmatched dealt with",
    path: "/unmatched/1",
    routes: ["POST /unmatched/:id/deal-with"],
    steps: press("Mark as dealt with"),
  },
  {
    name: "unmatched needing attention again",
    path: "/unmatched/1",
    routes: ["POST /unmatched/:id/undo"],
    steps: async (page) => {
      await press("Mark as dealt with")(page);
      await page.goto(new URL("/unmatched/1", page.url()).href);
      await press("It needs attention after all")(page);
    },
  },

  // What is kept
  { name: "kept", path: "/kept", routes: ["GET /kept"], who: "administrator" },
  { name: "kept not theirs", path: "/kept", routes: ["GET /kept"] },

  ...laterStates,
  ...ownStates,
];

/** What is no page: files, what a script sends, and what states use on their way. */
export const noPages: ReadonlySet<string> = new Set([
  "GET /assets/:source/:name",
  "POST /printed",
  "GET /tasks/:id/attachments/:index",
  "GET /tasks/:id/original",
  "GET /reports/:id/attachments/:index",
  "GET /unmatched/:id/original",
  // Used by "account with codes" only after its codes are there: web/test/access/pages has it.
  "POST /account/second-factor/remove",
]);
