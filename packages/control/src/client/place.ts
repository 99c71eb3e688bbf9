import { ControlError } from "../control-error.ts";

/** Where a control listens: a URL such as `http://127.0.0.1:8701`, or the path of a socket. */
export type ControlPlace =
  | { readonly url: string; readonly socket?: never }
  | { readonly socket: string; readonly url?: never };

/** What a request is opened with. */
export interface Target {
  readonly origin: URL;
  readonly socketPath?: string;
  /** For a person: the place as it was given. */
  readonly named: string;
}

/** @throws {ControlError} `input-invalid` */
export function readPlace(place: ControlPlace): Target {
  if (place.socket !== undefined) {
    // A name of this computer, so that the listener knows the request for one of its own.
    return { origin: new URL("http://localhost"), socketPath: place.socket, named: place.socket };
  }
  const origin = URL.parse(place.url);
  if (origin?.protocol !== "http:" || origin.pathname !== "/" || origin.search !== "" || origin.username !== "") {
    throw new ControlError("input-invalid", "the place of a control is a URL such as http://127.0.0.1:8701");
  }
  return { origin, named: origin.origin };
}
