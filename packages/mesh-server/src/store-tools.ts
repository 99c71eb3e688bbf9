export { examineStore } from "./keeping/doctor.ts";
export type { SharedPlaces } from "./keeping/shared.ts";
export type { MovePlan, MoveStep } from "./move/move-store.ts";
export { lookAtSharedMove, moveToShared, type SharedMove } from "./move/move-to-shared.ts";
export type { MailboxSum, Verified } from "./move/verify.ts";
export type { Finding } from "./store/postgres/finding.ts";
