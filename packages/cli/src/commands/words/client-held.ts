import { type Argument, command, type Command, group, type Group } from "../../command-line/tree.ts";
import { json } from "../options/control.ts";
import { lookOptions } from "../options/economy.ts";
import { arrived } from "../options/held.ts";
import { mailbox } from "../options/message.ts";

const pair: Argument = {
  name: "PAIR",
  about: "the base name of its files, or the 8 digits by which the log knows it; several may be named",
  several: true,
};
const remark = "A client may be running on the folders, here or on another machine, or none: it works either way.";
const exitRemark =
  "Exit status: 0 done, of each that was named; 1 not done, or not of each; 2 typed wrong, or a name of no held pair, or of two: then nothing is done.";

const list: Command = command({
  name: "list",
  summary: "list the pairs that are held",
  about: "Lists the pairs in OUT of which nobody can tell whether they arrived, and which wait for a person.",
  options: { mailbox, json, ...lookOptions },
  remarks: ["Exit status: 0 listed; 1 not listed, or not of each mailbox: it is said why; 2 typed wrong."],
  examples: ["--config client.yaml"],
  load: async () => (await import("../client-held.ts")).list,
});

const show: Command = command({
  name: "show",
  summary: "show all that is known of a held pair, and what can be done",
  about: "Shows all that is known of a held pair, and what each decision about it means. Its names may be a patient's.",
  arguments: [pair],
  options: { mailbox, json, ...lookOptions },
  remarks: ["Exit status: 0 shown; 1 not shown: it is said why; 2 typed wrong, or a name of no held pair, or of two."],
  examples: ["LETTER-1 --config client.yaml"],
  load: async () => (await import("../client-held.ts")).show,
});

const release: Command = command({
  name: "release",
  summary: "send a held pair again: it did not arrive",
  about:
    "Releases held pairs of which a person has made sure that they did not arrive: each is sent again by the next poll. If one did arrive, it arrives twice.",
  arguments: [pair],
  options: { mailbox, ...lookOptions },
  remarks: [remark, exitRemark],
  examples: ["LETTER-1 --config client.yaml"],
  load: async () => (await import("../client-held.ts")).release,
});

const discard: Command = command({
  name: "discard",
  summary: "end a held pair without sending it again",
  about:
    "Ends held pairs: they are not sent again. Their files go to FAILED, and a report to IN, each with a status record that says that a person decided; with --arrived to SENT, as of a pair that was sent.",
  arguments: [pair],
  options: { arrived, mailbox, ...lookOptions },
  remarks: [remark, exitRemark],
  examples: ["LETTER-1 --arrived --config client.yaml", "LETTER-2 LETTER-3 --config client.yaml"],
  load: async () => (await import("../client-held.ts")).discard,
});

export const heldVerbs: Group = group({
  name: "held",
  summary: "list, show, release and discard pairs that wait for a person",
  about: "Shows the pairs of which nobody can tell whether they arrived, and takes what a person decides about them.",
  entries: [list, show, release, discard],
});
