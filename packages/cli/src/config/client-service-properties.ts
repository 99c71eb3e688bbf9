import { meshClientDefaults } from "@restante/mesh-client";
import { optional, type PropertiesOf, whole } from "@restante/settings";
import { log } from "./shared-properties.ts";

/** What the process of MESH clients is told of itself, whatever its mailboxes. */
export interface ServiceSettings {
  log?: string;
  connectionsInAll?: number;
}

export const serviceProperties: PropertiesOf<ServiceSettings> = {
  log: optional(log("client")),
  connectionsInAll: optional(
    whole({
      description:
        "Requests of all mailboxes together at once; more wait their turn, in turn among mailboxes. A mailbox that has none under way has one at once all the same.",
      from: 1,
      to: 10_000,
      default: meshClientDefaults.connectionsInAll,
    }),
  ),
};
