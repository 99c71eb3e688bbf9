import type { Strictness, UseCase } from "@restante/itk3";

/** What the command line gives for the options by which a message is held against the requirements. */
export interface CheckOptionValues {
  readonly ctl: string | undefined;
  readonly generation: "1" | "2" | undefined;
  readonly useCase: UseCase | undefined;
  readonly strictness: Strictness | undefined;
  /** In MB. */
  readonly maxSize: number;
}

export interface CheckSettings {
  readonly maxBytes: number;
  readonly generation?: 1 | 2;
  readonly useCase?: UseCase;
  readonly strictness?: Strictness;
}

export function checkSettings({ generation, useCase, strictness, maxSize }: CheckOptionValues): CheckSettings {
  return {
    maxBytes: Math.ceil(maxSize * 1024 * 1024),
    ...(generation === undefined ? {} : { generation: generation === "1" ? 1 : 2 }),
    ...(useCase === undefined ? {} : { useCase }),
    ...(strictness === undefined ? {} : { strictness }),
  };
}
