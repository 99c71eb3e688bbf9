import { type Issue, type IssueCode, Refusal } from "../issue.ts";
import type { Amiss } from "../read/faults.ts";
import { issueList } from "../read/issue-list.ts";
import type { Position } from "../read/positions.ts";
import { type Frame, partOf } from "./frame.ts";

/** What is wrong in a resource, each with its place: within what is open. */
export class Complaints {
  readonly issues: Issue[];
  readonly #list = issueList();
  readonly #open: readonly Frame[];

  constructor(open: readonly Frame[]) {
    this.#open = open;
    this.issues = this.#list.issues;
  }

  /** `last` names what has no frame (yet) within what is open. */
  error(code: IssueCode, at: Position, text: string, last?: string): void {
    this.#add("error", code, at, text, last);
  }

  warning(code: IssueCode, at: Position, text: string, last?: string): void {
    this.#add("warning", code, at, text, last);
  }

  tell(said: Amiss["said"], at: Position, last?: string): void {
    for (const { severity, code, text } of said) this.#add(severity, code, at, text, last);
  }

  refuse(code: IssueCode, { line, column }: Position, text: string): never {
    throw new Refusal({ severity: "error", code, location: this.#location(), line, column, text });
  }

  #add(severity: Issue["severity"], code: IssueCode, { line, column }: Position, text: string, last?: string): void {
    // Of an issue that is not listed any more, nobody asks where it is.
    const location = this.#list.isFull() ? "" : this.#location(last);
    this.#list.add({ severity, code, location, line, column, text });
  }

  #location(last?: string): string {
    const parts = this.#open.filter(({ name }) => name !== "").map(({ name, index }) => partOf(name, index));
    return (last === undefined ? parts : [...parts, last]).join(".");
  }
}
