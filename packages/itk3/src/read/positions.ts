/** Where an element of a message that was read begins, both from 1. */
export interface Position {
  line: number;
  column: number;
}

const positions = new WeakMap<object, Position>();

export function setPosition(element: object, position: Position): void {
  positions.set(element, position);
}

/** Undefined for what was built rather than read. */
export function positionOf(element: object): Position | undefined {
  return positions.get(element);
}
