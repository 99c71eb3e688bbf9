import { program } from "./commands/index.ts";
import { run } from "./run.ts";
import { stopSignal } from "./terminal/stop.ts";
import { processTerminal } from "./terminal/terminal.ts";

process.exitCode = await run(program, process.argv.slice(2), processTerminal(process, stopSignal(process)));
