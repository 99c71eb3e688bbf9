import { command, type Command } from "../../command-line/tree.ts";
import { json, reachOptions, reachRemark } from "../options/control.ts";
import { set } from "../options/scenario.ts";

export const runWords: Command = command({
  name: "run",
  summary: "run a scenario: what goes wrong, and what a client must do",
  about:
    "Runs a scenario on a development server, and tells what your client is to do and when. A scenario is a list of steps in a file, or one of those that come with Restante (restante control scenarios). The first step that fails ends it; the faults that it set are cleared at the end, also on Ctrl-C.",
  arguments: [
    { name: "FILE|NAME", about: "a scenario's file, or the name of one that comes with Restante", place: "file" },
  ],
  options: { set, json, ...reachOptions },
  remarks: [reachRemark],
  examples: ["lost-answer --set mailbox=X26ABC1", "./my-scenario.yaml --json"],
  load: async () => (await import("../control/run.ts")).run,
});

export const scenariosWords: Command = command({
  name: "scenarios",
  summary: "list the scenarios that come with Restante",
  about: "Lists the scenarios that come with Restante: what each shows, and what can be set.",
  options: { json },
  examples: [""],
  load: async () => (await import("../control/scenarios.ts")).scenarios,
});
