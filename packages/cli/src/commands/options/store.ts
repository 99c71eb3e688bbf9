// Options of the commands that care for the store of a server.
import { text, wholeNumber } from "../../command-line/kinds.ts";
import { flag, type Option, optional } from "../../command-line/option.ts";

const fromFolder: Option<string | undefined> = optional("from-folder", text("a folder", "folder"), {
  value: "DIR",
  about: "the dataFolder of the server that is moved, which must not run",
});

const check: Option<boolean> = flag("check", "move nothing: say what there is to move, and whether it can be");

const withoutBodies: Option<number | undefined> = optional(
  "without-bodies",
  wholeNumber({ from: 1, to: 1_000_000_000 }),
  {
    value: "N",
    about: "move it though bodies cannot be read, so many at most: nobody is ever given them",
  },
);

export const migrateOptions: {
  readonly fromFolder: typeof fromFolder;
  readonly check: typeof check;
  readonly withoutBodies: typeof withoutBodies;
} = { fromFolder, check, withoutBodies };
