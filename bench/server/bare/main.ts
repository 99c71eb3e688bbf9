// The bare server that the MESH server is measured against.

import { serveBare } from "./serve.ts";
import { openBareStore } from "./store.ts";

serveBare(openBareStore);
