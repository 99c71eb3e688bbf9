import { scenarioSummary, shippedScenario, shippedScenarios } from "@restante/control/scenario";
import type { Given } from "../../command-line/tree.ts";
import type { Terminal } from "../../terminal/terminal.ts";

export async function scenarios({ options }: Given<{ readonly json: boolean }>, terminal: Terminal): Promise<number> {
  const names = await shippedScenarios();
  const all = await Promise.all(
    names.map(async (name) => Object.assign({ name }, scenarioSummary(await shippedScenario(name)))),
  );
  if (options.json) {
    await terminal.write(`${JSON.stringify(all, undefined, 2)}\n`);
    return 0;
  }
  for (const { name, summary, variables } of all) {
    terminal.print(`${terminal.paint.bold(name)}: ${summary}`);
    const set = variables.map((variable) => `${variable.name}=${variable.default ?? ""}`).join("  ");
    terminal.print(terminal.paint.dim(`  --set ${set}`));
  }
  return 0;
}
