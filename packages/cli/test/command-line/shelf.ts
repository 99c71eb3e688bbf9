import { oneOf } from "../../src/command-line/kinds.ts";
import { defaulted } from "../../src/command-line/option.ts";
import { command, group, type Group } from "../../src/command-line/tree.ts";
import { treeOf } from "../support/typed.ts";

/** What `shelf add` did. */
export const done: string[] = [];

const colour = defaulted("colour", oneOf(["red", "blue"]), { value: "NAME", about: "its colour", default: "red" });

/** A program with verbs below a verb. */
export const shelf: Group = treeOf(
  group({
    name: "shelf",
    summary: "what stands on the shelf",
    about: "Puts things on the shelf and takes them off.",
    entries: [
      command({
        name: "add",
        summary: "put a thing on it",
        about: "Puts a thing on the shelf.",
        arguments: [{ name: "THING", about: "what" }],
        options: { colour },
        load: async () => async (given) => {
          done.push(`added ${given.options.colour} ${given.words[0]}`);
          return 0;
        },
      }),
      command({
        name: "list",
        summary: "say what is on it",
        about: "Says what is on the shelf.",
        load: async () => async () => 1,
      }),
    ],
  }),
  command({
    name: "lamp",
    summary: "light the lamp",
    about: "Lights the lamp.",
    options: { colour },
    examples: ["--colour blue"],
    entries: [
      command({
        name: "dim",
        summary: "turn it down",
        about: "Turns the lamp down.",
        arguments: [{ name: "STEPS", about: "by how much" }],
        load: async () => async (given) => {
          done.push(`dimmed by ${given.words[0]}`);
          return 0;
        },
      }),
      group({
        name: "bulb",
        summary: "what is in the lamp",
        about: "Sees to the bulb.",
        entries: [
          command({ name: "change", summary: "change it", about: "Changes it.", load: async () => async () => 3 }),
        ],
      }),
    ],
    load: async () => async (given) => {
      done.push(`lit ${given.options.colour}`);
      return 0;
    },
  }),
);
