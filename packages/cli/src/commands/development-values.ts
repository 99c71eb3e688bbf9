import type { StartValues } from "./economy-values.ts";

/** What the command line gives for the options of control, wherever they are offered. */
export interface ControlValues {
  readonly control: number | "socket" | undefined;
  readonly controlTokenFile: string | undefined;
  readonly allowHost: readonly string[] | undefined;
}

/** And for those of a server for development. */
export interface DevelopmentValues extends ControlValues {
  readonly dev: boolean;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly tls: boolean;
  readonly tlsPort: number | undefined;
  readonly mailboxes: string | undefined;
  readonly workflows: string | undefined;
  readonly enforceWorkflows: boolean;
  readonly sharedKey: string | undefined;
  readonly openAdmin: boolean;
}

/** By their names on the command line: those of control. */
export function ofControl(values: ControlValues): Readonly<Record<string, unknown>> {
  return {
    "--control": values.control,
    "--control-token-file": values.controlTokenFile,
    "--allow-host": values.allowHost,
  };
}

/** Those that only mean something with `--dev`. */
export function ofDevelopment(values: DevelopmentValues): Readonly<Record<string, unknown>> {
  return {
    "--host": values.host,
    "--port": values.port,
    "--tls": values.tls,
    "--tls-port": values.tlsPort,
    "--mailboxes": values.mailboxes,
    "--workflows": values.workflows,
    "--enforce-workflows": values.enforceWorkflows,
    "--shared-key": values.sharedKey,
    "--open-admin": values.openAdmin,
  };
}

/** Those that mean nothing with `--dev`. */
export function ofOthers(
  values: Omit<StartValues, "data"> & { readonly config: string | undefined; readonly printConfig: boolean },
): Readonly<Record<string, unknown>> {
  return {
    "--config": values.config,
    "--print-config": values.printConfig,
    "--port-base": values.portBase,
    "--patients": values.patients,
    "--organisations": values.organisations,
    "--new-authority": values.newAuthority,
  };
}
