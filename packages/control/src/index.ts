export type * from "./control.ts";
export { ControlError, type ControlErrorCode } from "./control-error.ts";
export { type PageFile, pageSecurityPolicy, readPage } from "./page/files.ts";
