import type { Control } from "@restante/control";

/** A server that listens, wherever it runs. */
export interface Running {
  readonly url: string;
  /** Of the server that runs now. */
  readonly control: Control;
  close(): Promise<void>;
}
