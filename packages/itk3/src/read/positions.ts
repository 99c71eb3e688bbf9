/** Where an element of a message that was read begins, both from 1. */
export interface Position {
  line: number;
  column: number;
}

// oxlint-disable-next-line no-extraneous-class -- a class is what another can extend
class Given {
  constructor(element: object) {
    // oxlint-disable-next-line no-constructor-return -- a subclass's private fields go onto what its super returns
    return element;
  }
}

/**
 * Private fields put onto the element itself: seen by nobody, not copied with it. A WeakMap would do the same at three
 * times the cost of reading.
 */
class Marked extends Given {
  #line: number;
  #column: number;

  private constructor(element: object, line: number, column: number) {
    super(element);
    this.#line = line;
    this.#column = column;
  }

  /** Returns the element. */
  static mark(element: object, line: number, column: number): object {
    return new Marked(element, line, column);
  }

  static positionOf(element: object): Position | undefined {
    return #line in element ? { line: element.#line, column: element.#column } : undefined;
  }
}

/** Once for an element, at best before it holds anything. */
export function setPosition(element: object, line: number, column: number): void {
  Marked.mark(element, line, column);
}

/** Undefined for what was built rather than read. */
export function positionOf(element: object): Position | undefined {
  return Marked.positionOf(element);
}
