import { join, resolve } from "node:path";
import { type ControlDoor, TOKEN_FILE } from "@restante/mesh-server/development";
import { type ControlValues, ofControl } from "./development-values.ts";
import { refuseTyped } from "./refuse-typed.ts";

/** The listener of control that was asked for, if it was. */
export function controlDoor(values: ControlValues, dataFolder: string): { control?: ControlDoor } {
  const { control } = values;
  if (control === undefined) return {};
  return {
    control: { ...(control === "socket" ? { socket: true } : { port: control }), ...access(values, dataFolder) },
  };
}

/** Who may come in, to control and to the admin paths alike. */
export function access(
  { controlTokenFile, allowHost }: ControlValues,
  dataFolder: string,
): { tokenFile: string; allowHosts: string[] } {
  return {
    tokenFile: resolve(controlTokenFile ?? join(dataFolder, TOKEN_FILE)),
    allowHosts: [...(allowHost ?? [])],
  };
}

/**
 * Control is of a marked folder: elsewhere nobody is to think that it is there.
 * @throws CliError `usage`
 */
export function refuseControl(values: ControlValues, why: string): void {
  refuseTyped(ofControl(values), (name) => `${name}: ${why}`);
}

/** What goes with control is typed with it. */
export function refuseWithoutControl(values: ControlValues): void {
  if (values.control === undefined) refuseControl(values, "it goes with --control: type that too");
}
