import { join, resolve } from "node:path";
import { type ControlDoor, TOKEN_FILE } from "@restante/mesh-server/development";
import { CliError } from "../errors.ts";
import { type ControlValues, ofControl } from "./development-values.ts";
import { refuseTyped } from "./refuse-typed.ts";

/**
 * The listener of control that was asked for, if it was.
 * @param host where its port is, for who lets others than this machine in; absent: loopback
 */
export function controlDoor(values: ControlValues, dataFolder: string, host?: string): { control?: ControlDoor } {
  const { control } = values;
  if (control === undefined) return {};
  const place = control === "socket" ? { socket: true } : { port: control, ...(host !== undefined && { host }) };
  return { control: { ...place, ...access(values, dataFolder) } };
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

/** A port that is asked for, by what it is asked with and what answers at it. */
export interface AskedPort {
  readonly port: number;
  readonly typed?: string;
  readonly whose: string;
}

/**
 * Two that listen at one port: the second would be told that it is in use, and nobody that it is by the first. 0 is a free
 * one for each.
 * @throws CliError `usage`
 */
export function refuseOnePortForTwo(ports: readonly AskedPort[], remedy: string): void {
  for (const [index, { port, typed, whose }] of ports.entries()) {
    const first = port === 0 ? undefined : ports.slice(0, index).find((other) => other.port === port);
    if (first === undefined) continue;
    throw new CliError("usage", `${typed ?? whose} ${port} is the port of ${first.whose} too: ${remedy}`);
  }
}

/** What goes with control is typed with it. */
export function refuseWithoutControl(values: ControlValues): void {
  if (values.control === undefined) refuseControl(values, "it goes with --control: type that too");
}
