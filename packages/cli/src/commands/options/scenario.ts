// Options of the commands that run scenarios.
import { type Kind, type Option, repeated } from "../../command-line/option.ts";

export interface SetVariable {
  readonly name: string;
  readonly value: string;
}

const assignment: Kind<SetVariable> = {
  wanted: "a name and its value, such as mailbox=X26ABC1",
  isNumber: false,
  read(typed) {
    const [, name, value] = /^([A-Za-z][A-Za-z0-9]*)=(.+)$/s.exec(typed) ?? [];
    return name === undefined || value === undefined ? undefined : { name, value };
  },
};

export const set: Option<readonly SetVariable[]> = repeated("set", assignment, {
  value: "NAME=VALUE",
  about: "the value of a variable of the scenario; once for each",
  otherwise: "what the scenario says",
});
