import { writeFileSync } from "node:fs";
import { coveragePage, coveragePath } from "./coverage-page.ts";

writeFileSync(coveragePath, coveragePage());
