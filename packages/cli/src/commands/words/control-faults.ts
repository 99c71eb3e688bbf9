import { type Argument, command, type Command, group, type Group } from "../../command-line/tree.ts";
import { faultId, faultOptions, json, reachOptions, reachRemark } from "../options/control.ts";

const places: readonly Argument[] = [
  {
    name: "AT",
    about:
      "where: handshake, send, chunk, list, download, acknowledge, track, lookup or demographics; any: all of them but demographics",
    choices: [
      "handshake",
      "send",
      "chunk",
      "list",
      "download",
      "acknowledge",
      "track",
      "lookup",
      "demographics",
      "any",
    ],
  },
  {
    name: "WHAT",
    about: "what goes wrong there, as below",
    choices: [
      "status",
      "delay",
      "reset",
      "hang",
      "lose-answer",
      "truncate",
      "dribble",
      "deliver-twice",
      "mixed-case",
      "content-type",
      "token-clock",
      "expire-certificate",
      "down",
    ],
  },
];

const remarks: readonly string[] = [
  [
    "What goes wrong:",
    "  status              answers with --status, before anything is done",
    "  delay               waits for --for, before anything is done; also of demographics",
    "  reset               cuts the connection, before anything is done",
    "  hang                never answers; nothing is done",
    "  lose-answer         does it, and cuts the connection instead of answering",
    "  truncate            cuts the connection after --bytes of the answer (default: half)",
    "  dribble             sends the answer at --bytes-per-second",
    "  deliver-twice       at send: accepted as two; at list: each id twice; at acknowledge: without effect",
    "  mixed-case          header names in mixed case, as live MESH has them",
    "  content-type        answers with --content-type",
    "  token-clock         holds tokens against a clock that is wrong --by so much",
    "  expire-certificate  at any: shows a certificate that has expired to new connections of HTTPS",
    "  down                at demographics: they do not answer",
  ].join("\n"),
  "Of several that fit a request each does its own; of two of a kind, the older.",
  reachRemark,
];

const list: Command = command({
  name: "list",
  summary: "list the faults that stand",
  about: "Lists the faults that stand, and how often each was done.",
  options: { json, ...reachOptions },
  remarks: [reachRemark],
  examples: [""],
  load: async () => (await import("../control/faults.ts")).list,
});

const next: Command = command({
  name: "next",
  summary: "let the next request go wrong",
  about: "Lets the next request go wrong that fits, or as many as --times says.",
  arguments: places,
  options: { ...faultOptions, json, ...reachOptions },
  remarks,
  examples: ["send lose-answer", "list status --status 503 --retry-after 5 --times 3", "download truncate --bytes 100"],
  load: async () => (await import("../control/faults.ts")).next,
});

const add: Command = command({
  name: "add",
  summary: "let requests go wrong until the fault is cleared",
  about: "Lets every request go wrong that fits, until the fault is cleared or, with --times, used up.",
  arguments: places,
  options: { ...faultOptions, json, ...reachOptions },
  remarks,
  examples: [
    "any reset --probability 0.1 --seed 7",
    "send delay --for 2s --up-to 10s --mailbox X26ABC1",
    "demographics down",
  ],
  load: async () => (await import("../control/faults.ts")).add,
});

const clear: Command = command({
  name: "clear",
  summary: "clear one fault, or all",
  about: "Clears faults. What hangs because of one is let go: its connection is closed.",
  options: { faultId, json, ...reachOptions },
  remarks: [reachRemark],
  examples: [""],
  load: async () => (await import("../control/faults.ts")).clear,
});

export const faultVerbs: Group = group({
  name: "faults",
  summary: "let requests go wrong: errors, delays, lost answers, cut connections",
  about: "Lets requests to a development server go wrong, in every way that clients must bear.",
  entries: [list, add, next, clear],
});
