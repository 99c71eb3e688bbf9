export type * from "./control.ts";
export { ControlError, type ControlErrorCode } from "./control-error.ts";
