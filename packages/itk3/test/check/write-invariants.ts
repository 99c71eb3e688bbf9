import { writeFileSync } from "node:fs";
import { invariantsPage, invariantsPath } from "./invariants-page.ts";

writeFileSync(invariantsPath, invariantsPage());
