import type { Resource } from "../stu3/types.ts";

export type ResourceOfType<Type extends Resource["resourceType"]> = Extract<Resource, { resourceType: Type }>;

export interface Resources {
  all: readonly Resource[];
  /** In the order of `all`. */
  ofType: <Type extends Resource["resourceType"]>(type: Type) => readonly ResourceOfType<Type>[];
}

/** Resources that some hundred rules look among, each for those of its type. */
export function resourcesByType(all: readonly Resource[]): Resources {
  const byType = Map.groupBy(all, ({ resourceType }) => resourceType);
  return {
    all,
    ofType: <Type extends Resource["resourceType"]>(type: Type) =>
      (byType.get(type) ?? nothing) as readonly ResourceOfType<Type>[],
  };
}

const nothing: readonly Resource[] = [];
