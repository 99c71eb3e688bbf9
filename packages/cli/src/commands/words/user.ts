import { type Argument, command, type Command, group, type Group } from "../../command-line/tree.ts";
import { json } from "../options/control.ts";
import { configOptions } from "../options/economy.ts";
import { name, openIdOptions, passwordFile, role } from "../options/user.ts";

const signInName: Argument = { name: "NAME", about: "their sign-in name, whatever its capitals" };
const { config } = configOptions;
const remark =
  "It does so whether the system runs or not; type it as the user that runs the system. Each change is written into the audit.";
const exitRemark = "Exit status: 0 done, 1 not done, 2 typed wrong.";
const remarks = [remark, exitRemark];
const signedOut = "They are signed out everywhere, at once.";

const add: Command = command({
  name: "add",
  summary: "add somebody who may sign in",
  about:
    "Adds somebody who may sign in to a practice's pages. The first administrator is added so too: there is no default password.",
  arguments: [{ name: "NAME", about: "what they type to sign in" }],
  options: { name, role, passwordFile, ...openIdOptions, config },
  remarks,
  examples: ['amina --name "Amina Patel" --role administrator --role clinician --config practice.yaml'],
  load: async () => (await import("../user.ts")).add,
});

const list: Command = command({
  name: "list",
  summary: "list who may sign in, and as what",
  about: "Lists everybody who may sign in to a practice's pages, or might, with their roles, and who is signed in now.",
  options: { json, config },
  examples: ["--config practice.yaml"],
  load: async () => (await import("../user.ts")).list,
});

const disable: Command = command({
  name: "disable",
  summary: "let somebody in no more",
  about: `Lets somebody sign in no more. ${signedOut} Nobody is removed: the audit names them still.`,
  arguments: [signInName],
  options: { config },
  remarks,
  examples: ["amina --config practice.yaml"],
  load: async () => (await import("../user.ts")).disable,
});

const enable: Command = command({
  name: "enable",
  summary: "let somebody in again",
  about: "Lets somebody sign in again who was disabled.",
  arguments: [signInName],
  options: { config },
  remarks,
  examples: ["amina --config practice.yaml"],
  load: async () => (await import("../user.ts")).enable,
});

const signOut: Command = command({
  name: "sign-out",
  summary: "sign somebody out everywhere",
  about: "Ends all that somebody is signed in by, at once. They may sign in again.",
  arguments: [signInName],
  options: { config },
  remarks,
  examples: ["amina --config practice.yaml"],
  load: async () => (await import("../user.ts")).signOut,
});

const password: Command = command({
  name: "password",
  summary: "give somebody a new password",
  about: `Gives somebody a new password. ${signedOut}`,
  arguments: [signInName],
  options: { passwordFile, config },
  remarks,
  examples: ["amina --config practice.yaml", "amina --password-file new-password --config practice.yaml"],
  load: async () => (await import("../user.ts")).password,
});

const roleVerb: Command = command({
  name: "role",
  summary: "give somebody these roles, in place of theirs",
  about: "Gives somebody these roles, in place of those that they have. It holds from their next click.",
  arguments: [signInName],
  options: { role, config },
  remarks,
  examples: ["amina --role clinician --role auditor --config practice.yaml"],
  load: async () => (await import("../user.ts")).role,
});

const remove: Command = command({
  name: "remove",
  summary: "take away a second factor, such as of a lost telephone",
  about:
    "Takes away somebody's second factor, such as of a telephone that was lost: their password alone lets them in until they have another, or, where a second factor is required, lets them set one up.",
  arguments: [signInName],
  options: { config },
  remarks,
  examples: ["amina --config practice.yaml"],
  load: async () => (await import("../user.ts")).removeSecondFactor,
});

const secondFactor: Group = group({
  name: "second-factor",
  summary: "take away a second factor",
  about: "Says of somebody's second factor that it holds no more. They make another on their own page.",
  entries: [remove],
});

export const userWords: Group = group({
  name: "user",
  summary: "say who may sign in to a practice's pages, and as what",
  about: "Says who may sign in to a practice's pages, by which password, and what they may do there.",
  entries: [add, list, disable, enable, signOut, password, roleVerb, secondFactor],
});
