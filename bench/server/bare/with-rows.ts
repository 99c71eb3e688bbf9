// The floor: the bare server that keeps every row of the MESH server.

import { serveBare } from "./serve.ts";
import { openStoreWithRows } from "./store-with-rows.ts";

serveBare(openStoreWithRows);
