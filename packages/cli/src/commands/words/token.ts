import { type Argument, command, type Command, group, type Group } from "../../command-line/tree.ts";
import { json } from "../options/control.ts";
import { configOptions } from "../options/economy.ts";
import { days } from "../options/token.ts";
import { role } from "../options/user.ts";

const { config } = configOptions;
const tokenName: Argument = { name: "NAME", about: "the name of the token" };
const remarks = [
  "It does so whether the system runs or not; type it as the user that runs the system. Each change is written into the audit.",
  "Exit status: 0 done, 1 not done, 2 typed wrong.",
];

const add: Command = command({
  name: "add",
  summary: "add a token by which a program asks",
  about:
    "Adds a token by which a program may use a practice's API. The token alone is printed, this once: it is kept nowhere. A name is given once, for good.",
  arguments: [{ name: "NAME", about: "what the audit calls the program, such as records-2027" }],
  options: { role, days, config },
  remarks,
  examples: ["records-2027 --role clinician --config practice.yaml > records.token"],
  load: async () => (await import("../token.ts")).add,
});

const list: Command = command({
  name: "list",
  summary: "list the tokens, what each may do, and until when",
  about:
    "Lists all tokens that there are or were, with their roles, until when each is good, and when it was used last.",
  options: { json, config },
  examples: ["--config practice.yaml"],
  load: async () => (await import("../token.ts")).list,
});

const revoke: Command = command({
  name: "revoke",
  summary: "make a token good for nothing, at once",
  about: "Makes a token good for nothing, from the next request on. It cannot be taken back: add another.",
  arguments: [tokenName],
  options: { config },
  remarks,
  examples: ["records-2027 --config practice.yaml"],
  load: async () => (await import("../token.ts")).revoke,
});

export const tokenWords: Group = group({
  name: "token",
  summary: "say which programs may use a practice's API, and as what",
  about: "Says by which tokens programs may use a practice's API, what they may do there, and until when.",
  entries: [add, list, revoke],
});
