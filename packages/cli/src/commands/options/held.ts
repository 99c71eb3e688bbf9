// Options of the commands that decide about held pairs.
import { flag, type Option } from "../../command-line/option.ts";

export const arrived: Option<boolean> = flag(
  "arrived",
  "it did arrive: its files go to SENT, and nothing tells its sender of a failure",
);
