export type { Answers } from "./answer-step.ts";
export type { ScenarioNews } from "./news.ts";
export { readScenario, type ReadScenarioOptions, scenarioSummary } from "./read-scenario.ts";
export { type RunOptions, runScenario, type ScenarioRun } from "./run-scenario.ts";
export type { AnswerInput, Scenario, ScenarioVariable, Step, StepPlace } from "./scenario.ts";
export { ScenarioError, type ScenarioErrorCode } from "./scenario-error.ts";
export { scenarioSchema } from "./schema.ts";
export { shippedScenario, shippedScenarios } from "./shipped.ts";
