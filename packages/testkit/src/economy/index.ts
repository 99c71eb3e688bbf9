export { type AnswersTold, readAnswer } from "./answers.ts";
export { economy } from "./economy.ts";
export { type Letter, type LetterOptions, writeLetter } from "./letter.ts";
export { type AnsweringPractice, type PracticeOptions, startPractice } from "./practice.ts";
export { addressOf, testMailboxes, type TestPatient, testPatients, testWorkflow } from "../patients.ts";
export type { ResponseContent, ToldAnswer } from "@restante/itk3";
