export type { Door } from "./access/door/door.ts";
export type { OwnCertificate } from "./access/door/own-certificate.ts";
export type { RefusedVisit } from "./access/door/visit-fault.ts";
export { rangeOf } from "./access/door/trusted-proxies.ts";
export { type Access, type AccessOptions, openAccess } from "./access/open-access.ts";
export { createOpenId } from "./access/open-id/open-id.ts";
export type { OpenIdOptions } from "./access/open-id/open-id-options.ts";
export type { RolesOfClaims } from "./access/open-id/roles-of-claims.ts";
export type { Doorway, OpenIdWay, SecondFactorDemand, SignInOptions } from "./access/pages/sign-in-options.ts";
export { type Right, type Role, rights, rightsOf, roles } from "./access/rights.ts";
export { route, type RouteAccess, type ServedRoute } from "./access/route-access.ts";
export type { OpenSession, Sessions, SessionTimes } from "./access/sessions/sessions.ts";
export { isToBeReplaced, tellEnds } from "./access/tokens/tell-ends.ts";
export type { NewToken, Token, Tokens } from "./access/tokens/token.ts";
export {
  commonProblems,
  type CommonProblem,
  type Problem,
  problem,
  type ProblemKind,
  type ProblemKinds,
} from "./api/problem.ts";
export { apiPrefix } from "./api/serve-api.ts";
export type { TokenAccess } from "./access/tokens/recognise-tokens.ts";
export type { Tag } from "./tag.ts";
export type { Visitor } from "./access/visitor.ts";
export type { BegunSecondFactor, By, NewUser, OpenIdIdentity, User, UserChanges, Users } from "./access/users/user.ts";
export { UsersError, type UsersErrorCode } from "./access/users/users-error.ts";
export type { Audit } from "./audit/audit.ts";
export {
  type AuditAct,
  type AuditEntry,
  type AuditOutcome,
  type AuditRow,
  isSubject,
  type SealedRow,
} from "./audit/entry.ts";
export type { AuditFilter } from "./audit/find-rows.ts";
export type { AuditPagesOptions, Resolved, SubjectsOfPatient } from "./audit/pages/audit-pages.ts";
export { tellHeads } from "./audit/tell-heads.ts";
export { createKeptSearches, keptSearch, type KeptSearches } from "./kept-searches.ts";
export type { AuditHead, AuditVerdict } from "./audit/verify.ts";
export type { AssetFolder } from "./assets.ts";
export type { Message, MessageGroup } from "./messages.ts";
export {
  formatDate,
  formatDay,
  formatHour,
  formatMoment,
  formatSize,
  formatTime,
  isoDay,
  startOfDay,
} from "./format.ts";
export { SiteError, type SiteErrorCode } from "./site-error.ts";
export { type PageLinks, pageLinks, type PageOfList } from "./page-links.ts";
export type { PageTrouble } from "./page-troubles.ts";
export { numberIn } from "./query.ts";
export { type Refusal, refusal } from "./refusal.ts";
export type { NavigationItem } from "./frame.ts";
export {
  createSite,
  type Reply,
  type Request,
  type Routes,
  type Site,
  type SiteApi,
  type SiteOptions,
  type SiteServer,
  type Surroundings,
} from "./site.ts";
