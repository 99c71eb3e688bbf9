export { createWorklistPages, type WorklistPages, type WorklistPagesOptions } from "./worklist-pages.ts";
