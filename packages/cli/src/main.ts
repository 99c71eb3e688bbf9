import { program } from "./commands/index.ts";
import { run } from "./run.ts";
import { endSoon } from "./terminal/end.ts";
import { followSignals } from "./terminal/stop.ts";
import { processTerminal } from "./terminal/terminal.ts";

process.exitCode = await run(program, process.argv.slice(2), processTerminal(process, followSignals(process)));
endSoon(process);
