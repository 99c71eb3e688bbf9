import { optional, type PropertiesOf } from "@restante/settings";
import { log } from "./shared-properties.ts";

/** What the process of MESH clients is told of itself, whatever its mailboxes. */
export interface ServiceSettings {
  log?: string;
}

export const serviceProperties: PropertiesOf<ServiceSettings> = {
  log: optional(log("client")),
};
