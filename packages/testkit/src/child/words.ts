// What goes between a test and its server in a process of its own. All else goes over its two doors.

import type { DevelopmentServerConfig } from "@restante/mesh-server/development";

import type { StartOptions } from "../options.ts";

/** The first message to the child. */
export interface ChildTask {
  readonly config: DevelopmentServerConfig;
  readonly patients: StartOptions["patients"];
  /** Whether the data folder goes when the test's process does. */
  readonly isTemporary: boolean;
}

/** The child's one message: it listens, or says why it cannot. */
export type ChildAnswer =
  | { readonly url: string; readonly controlUrl: string; readonly controlToken: string }
  | { readonly failed: { readonly code: string; readonly message: string } };
