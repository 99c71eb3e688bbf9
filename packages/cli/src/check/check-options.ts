import type { UseCase } from "@restante/itk3";

/** What the command line gives for the options by which a message is held against the requirements. */
export interface CheckOptionValues {
  readonly ctl: string | undefined;
  readonly generation: "1" | "2" | undefined;
  readonly useCase: UseCase | undefined;
  /** In MB. */
  readonly maxSize: number;
}

export interface CheckSettings {
  readonly maxBytes: number;
  readonly generation?: 1 | 2;
  readonly useCase?: UseCase;
}

export function checkSettings({ generation, useCase, maxSize }: CheckOptionValues): CheckSettings {
  return {
    maxBytes: Math.ceil(maxSize * 1024 * 1024),
    ...(generation === undefined ? {} : { generation: generation === "1" ? 1 : 2 }),
    ...(useCase === undefined ? {} : { useCase }),
  };
}
