import { type Economy, serverPort, worklistPort } from "../economy/economy.ts";
import { refuseOnePortForTwo } from "./control-door.ts";
import type { ControlValues } from "./development-values.ts";

/**
 * Control's port is none of an economy's, though the part that has it may not run yet.
 * @throws CliError `usage`
 */
export function refusePortOfEconomy({ control }: ControlValues, economy: Economy): void {
  if (typeof control !== "number") return;
  const ports = [
    { port: serverPort(economy), whose: "the MESH server" },
    ...economy.directory.organisations.map((organisation) => ({
      port: worklistPort(economy, organisation),
      whose: `the worklist of ${organisation.odsCode}`,
    })),
  ];
  const last = ports.at(-1)?.port ?? 0;
  const remedy = `choose one above ${last} (0: any free one), or other ports with --port-base`;
  refuseOnePortForTwo([...ports, { port: control, typed: "--control", whose: "control" }], remedy);
}
