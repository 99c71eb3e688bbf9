import { runScenario, ScenarioError } from "@restante/control/scenario";
import { answerAsTold } from "@restante/itk3";
import type { Given } from "../../command-line/tree.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { SetVariable } from "../options/scenario.ts";
import { openControl, type ReachValues } from "./open-control.ts";
import { narratorInJson, narratorInWords } from "./narrate-scenario.ts";
import { scenarioOf } from "./scenario-text.ts";

interface RunValues extends ReachValues {
  readonly set: readonly SetVariable[];
  readonly json: boolean;
}

export async function run({ options, words }: Given<RunValues>, terminal: Terminal): Promise<number> {
  const [fileOrName = ""] = words;
  const set = Object.fromEntries(options.set.map(({ name, value }) => [name, value]));
  const scenario = await scenarioOf(fileOrName, { set });
  // What stops the run must not stop what is done at its end.
  const control = await openControl(options, { stop: new AbortController().signal });
  const narrator = options.json ? narratorInJson(terminal) : narratorInWords(terminal);
  narrator.begin(scenario);
  try {
    const how = { answers: answerAsTold, tell: narrator.tell, signal: terminal.stop };
    narrator.end(await runScenario(scenario, control, how));
    return 0;
  } catch (error) {
    if (error instanceof ScenarioError) narrator.end({ error });
    throw error;
  }
}
