import { wholeNumber } from "../../command-line/kinds.ts";
import { defaulted, flag, type Option } from "../../command-line/option.ts";

/** Of the 900,000 or so there are: so many can be drawn without long searching for one that is not there yet. */
export const MOST_NHS_NUMBERS = 100_000;

export const count: Option<number> = defaulted("count", wholeNumber({ from: 1, to: MOST_NHS_NUMBERS }), {
  value: "N",
  about: "how many",
  default: "1",
});

export const spaces: Option<boolean> = flag("spaces", "as people read them: 999 123 4567");
