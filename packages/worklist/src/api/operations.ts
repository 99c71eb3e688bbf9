import { acts } from "./acts.ts";
import type { Operation } from "./operation.ts";
import { reading } from "./reading.ts";
import { readingAround } from "./reading-around.ts";
import { readingSent } from "./reading-sent.ts";

/** All that programs may ask for, but the description of it. */
export const operations: readonly Operation[] = [...reading, ...readingSent, ...readingAround, ...acts];
