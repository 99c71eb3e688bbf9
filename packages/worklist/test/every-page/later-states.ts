// Sent reports that are late or searched for, tasks that were not opened in time, and documents that are saved for a record
// system.
import { fillUnread } from "../sample-unread.ts";
import type { PageState } from "./page-state.ts";
import { press } from "./steps.ts";

const unreadPage = "GET /unread";
const saving = "saving" as const;

export const laterStates: readonly PageState[] = [
  { name: "reports late", path: "/reports?show=late", routes: ["GET /reports"] },
  {
    name: "reports found",
    path: "/reports",
    routes: ["POST /reports/find", "GET /reports/found/:search"],
    async steps(page) {
      await page.getByLabel("Search for a report").fill("Exampleton");
      await press("Search")(page);
    },
  },

  // Not opened in time
  { name: "unread off", path: "/unread", routes: [unreadPage], who: "administrator" },
  { name: "unread none", path: "/unread", routes: [unreadPage], site: saving },
  { name: "unread", path: "/unread", routes: [unreadPage], site: saving, before: fillUnread, printed: true },
  {
    name: "notices sent again",
    path: "/unread",
    routes: ["POST /unread/notices/:id/send-again"],
    site: saving,
    before: fillUnread,
    steps: press(/^Send again/),
  },
  {
    name: "notices ended",
    path: "/unread",
    routes: ["POST /unread/notices/:id/end"],
    site: saving,
    before: fillUnread,
    steps: press(/^End without sending/),
  },

  // Saved for a record system
  { name: "task to save", path: "/tasks/1", routes: ["GET /tasks/:id"], site: saving },
  { name: "task not saved", path: "/tasks/2", routes: ["GET /tasks/:id"], site: saving },
  { name: "task saved twice", path: "/tasks/5", routes: ["GET /tasks/:id"], site: saving },
  {
    name: "task being saved",
    path: "/tasks/1",
    routes: ["POST /tasks/:id/save"],
    site: saving,
    steps: press("Save to the record system’s folder"),
  },
  {
    name: "worklist after saved and done",
    path: "/tasks/1?from=/",
    routes: ["POST /tasks/:id/save-and-complete"],
    site: saving,
    steps: press("Save, and mark as done: filed in the record"),
  },
  {
    name: "task no longer saved",
    path: "/tasks/2",
    routes: ["POST /tasks/:id/stop-saving"],
    site: saving,
    steps: press("Stop the saving"),
  },
  { name: "several to save", path: "/several?task=1&task=2", routes: ["GET /several"], site: saving },
  {
    name: "several saved",
    path: "/several?task=1",
    routes: ["POST /several/save"],
    site: saving,
    steps: press("Save to the record system’s folder"),
  },
  {
    name: "several saved and done",
    path: "/several?task=1",
    routes: ["POST /several/save-and-complete"],
    site: saving,
    steps: press("Save, and mark as done: filed in the record"),
  },
];
