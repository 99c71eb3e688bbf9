import { DEFAULT_DATA } from "../defaults.ts";
import type { EconomyOptions } from "../economy/economy.ts";

/** What the command line gives for the options of every command that works on an economy. */
export interface EconomyValues {
  readonly data: string | undefined;
  readonly portBase: number | undefined;
  readonly patients: string | undefined;
  readonly organisations: string | undefined;
}

/** And of one that starts a part. */
export interface StartValues extends EconomyValues {
  readonly newAuthority: boolean;
}

export function readEconomyValues(values: EconomyValues & Partial<StartValues>): EconomyOptions {
  const { data, portBase, patients, organisations, newAuthority = false } = values;
  return {
    data: data ?? DEFAULT_DATA,
    newAuthority,
    ...(portBase === undefined ? {} : { portBase }),
    ...(patients === undefined ? {} : { patients }),
    ...(organisations === undefined ? {} : { organisations }),
  };
}
