export type * from "./worklist.ts";
