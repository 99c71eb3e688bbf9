import { type Argument, command, type Command, group, type Group } from "../../command-line/tree.ts";
import { json, names, practice, reachOptions, reachRemark, resetOptions } from "../options/control.ts";

const common = { json, ...reachOptions };
const mailbox: Argument = { name: "MAILBOX", about: "the mailbox" };

export const mailboxVerbs: Group = group({
  name: "mailboxes",
  summary: "list, close and open mailboxes",
  about: "Shows the mailboxes of a development server, and closes and opens them as an operator would.",
  entries: [
    command({
      name: "list",
      summary: "list the mailboxes, with what waits in each",
      about: "Lists the mailboxes, with what waits in each, and which are closed.",
      options: common,
      remarks: [reachRemark],
      examples: [""],
      load: async () => (await import("../control/mailboxes.ts")).list,
    }),
    command({
      name: "close",
      summary: "let a mailbox take nothing more in",
      about: "Closes a mailbox: who sends to it is refused, and its owner goes on reading.",
      arguments: [mailbox, { name: "REASON", about: "why, for the operators of the server" }],
      options: common,
      remarks: [reachRemark],
      examples: ["X26ABC1 'The practice has closed'"],
      load: async () => (await import("../control/mailboxes.ts")).close,
    }),
    command({
      name: "open",
      summary: "let a closed mailbox take messages again",
      about: "Opens a mailbox that was closed.",
      arguments: [mailbox],
      options: common,
      remarks: [reachRemark],
      examples: ["X26ABC1"],
      load: async () => (await import("../control/mailboxes.ts")).open,
    }),
  ],
});

export const clockVerbs: Group = group({
  name: "clock",
  summary: "read the server's clock, and move it on",
  about:
    "The clock of expiry, deletion, retries and routing. Tokens, certificates and replay follow the real one: who collected yesterday still can.",
  entries: [
    command({
      name: "read",
      summary: "say what time it is there",
      about: "Says what time it is for the server, and how far that is ahead of the real time.",
      options: common,
      remarks: [reachRemark],
      examples: [""],
      load: async () => (await import("../control/server.ts")).readClock,
    }),
    command({
      name: "advance",
      summary: "move it on, and do what falls due",
      about:
        "Moves the clock on, and ends when everything that fell due by it was done: reports of what was not collected in five days, say.",
      arguments: [{ name: "DURATION", about: "by how much, such as 90s, 2h or 5d1s; at most 366d" }],
      options: common,
      remarks: [reachRemark],
      examples: ["5d1s"],
      load: async () => (await import("../control/server.ts")).advanceClock,
    }),
  ],
});

export const demographicsVerbs: Group = group({
  name: "demographics",
  summary: "move a patient to another practice",
  about:
    "Moves patients between practices. That the demographics are slow or down is a fault: restante control faults.",
  entries: [
    command({
      name: "read",
      summary: "list the patients that were moved",
      about: "Lists the patients that were moved, and where each is registered now.",
      options: common,
      remarks: [reachRemark],
      examples: [""],
      load: async () => (await import("../control/server.ts")).readDemographics,
    }),
    command({
      name: "move",
      summary: "register a patient elsewhere",
      about: "Registers a patient at another practice from now on, or at none.",
      arguments: [{ name: "NHS-NUMBER", about: "the patient, one of the server's own" }],
      options: { odsCode: practice, ...common },
      remarks: [reachRemark],
      examples: ["9912815904 --ods-code A20047"],
      load: async () => (await import("../control/server.ts")).movePatient,
    }),
  ],
});

const snapshot: Argument = { name: "NAME", about: "its name: letters, digits, hyphens and underscores" };

export const snapshotVerbs: Group = group({
  name: "snapshots",
  summary: "save all of the server, and have it again",
  about:
    "Saves all of a development server (messages, closed mailboxes, faults, clock, moved patients) in its data folder, and restores it.",
  entries: [
    command({
      name: "list",
      summary: "list the snapshots",
      about: "Lists the snapshots in the server's data folder.",
      options: common,
      remarks: [reachRemark],
      examples: [""],
      load: async () => (await import("../control/server.ts")).listSnapshots,
    }),
    command({
      name: "save",
      summary: "save all of the server",
      about: "Saves all of the server under a name; what was saved under it before is replaced.",
      arguments: [snapshot],
      options: common,
      remarks: [reachRemark],
      examples: ["before"],
      load: async () => (await import("../control/server.ts")).saveSnapshot,
    }),
    command({
      name: "restore",
      summary: "make all of the server as it was saved",
      about: "Makes all of the server as it was saved. Tokens that were used stay used.",
      arguments: [snapshot],
      options: common,
      remarks: [reachRemark],
      examples: ["before"],
      load: async () => (await import("../control/server.ts")).restoreSnapshot,
    }),
    command({
      name: "remove",
      summary: "remove a snapshot",
      about: "Removes a snapshot from the server's data folder.",
      arguments: [snapshot],
      options: common,
      remarks: [reachRemark],
      examples: ["before"],
      load: async () => (await import("../control/server.ts")).removeSnapshot,
    }),
  ],
});

export const resetVerb: Command = command({
  name: "reset",
  summary: "empty the server of messages",
  about:
    "Empties the server, or one mailbox, of messages and used tokens. All else stays as it is; with --keep nothing closed mailboxes are open again, no fault stands, no patient is moved and the clock is right.",
  options: { ...resetOptions, ...common },
  remarks: [reachRemark],
  examples: ["", "--keep nothing", "--mailbox X26ABC1"],
  load: async () => (await import("../control/server.ts")).reset,
});

export const eventsVerb: Command = command({
  name: "events",
  summary: "tell what happens, until Ctrl-C",
  about: "Tells what happens in the server from now on, a line an event, until Ctrl-C. No event names a patient.",
  options: { names, ...common },
  remarks: [reachRemark],
  examples: ["", "--names message-accepted,message-acknowledged --json"],
  load: async () => (await import("../control/events.ts")).events,
});
