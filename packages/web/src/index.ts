export type { AssetFolder } from "./assets.ts";
export { formatDate, formatDay, formatHour, formatSize, formatTime } from "./format.ts";
export { SiteError, type SiteErrorCode } from "./loopback.ts";
export { type PageLinks, pageLinks, type PageOfList } from "./page-links.ts";
export type { PageTrouble } from "./page-troubles.ts";
export { numberIn } from "./query.ts";
export { type Refusal, refusal } from "./refusal.ts";
export {
  createSite,
  type NavigationItem,
  type Reply,
  type Request,
  type Routes,
  type Site,
  type SiteOptions,
  type SiteServer,
  type Surroundings,
} from "./site.ts";
