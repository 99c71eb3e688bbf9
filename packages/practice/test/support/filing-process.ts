// Saves what waits in a practice's data folder, in a process of its own, to be killed: `node filing-process.ts DATAFOLDER FOLDER`.
import { createFiling } from "../../src/filing/filing.ts";
import { openDatabase } from "../../src/store/database.ts";
import { filingContext } from "./filing-context.ts";

const [, , dataFolder = "", folder = ""] = process.argv;
const database = await openDatabase(dataFolder);
const filing = createFiling(filingContext(database, dataFolder), folder, () => undefined);
filing.turn();
await filing.idle();
