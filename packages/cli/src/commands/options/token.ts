// Options of the commands that say by which tokens programs ask.
import { wholeNumber } from "../../command-line/kinds.ts";
import { type Option, defaulted } from "../../command-line/option.ts";

export const days: Option<number> = defaulted("days", wholeNumber({ from: 1, to: 3650 }), {
  value: "N",
  about: "the token is good for this many days",
  default: "365",
});
