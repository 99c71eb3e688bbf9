export * from "./local-authority.ts";
