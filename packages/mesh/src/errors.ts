/**
 * What a caller may do after a failure:
 * - `never`: the same call will fail again; change something first.
 * - `safe`: nothing happened; the same call may be made again.
 * - `ambiguous`: it may have happened; find out before calling again.
 */
export type Retry = "never" | "safe" | "ambiguous";

/**
 * What every error of Restante carries. Each package has one base class of its own under this one.
 *
 * `message` is safe to show and to log: it holds no patient detail, password or token. Nothing matches on it; match on
 * `code`, which does not change between releases.
 */
export abstract class CodedError extends Error {
  abstract readonly code: string;
  readonly retry: Retry;

  constructor(message: string, options: ErrorOptions & { retry?: Retry } = {}) {
    super(message, options);
    this.name = new.target.name;
    this.retry = options.retry ?? "never";
  }
}
