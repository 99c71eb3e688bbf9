import { writeFileSync } from "node:fs";
import { strictnessPage, strictnessPath } from "./strictness-page.ts";

writeFileSync(strictnessPath, strictnessPage());
