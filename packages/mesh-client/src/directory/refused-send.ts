// A send that is answered 401 or 403 came to nothing, but for one case: it was delivered twice on its way, as by a proxy that
// tries again. MESH takes a token once. It accepts the first, refuses the second, and it is the second's answer that comes.

import { MeshClientError } from "../mesh-client-error.ts";
import type { DirectoryContext } from "./context.ts";

/** A request for this may be delivered twice itself. */
const ASKED_AT_MOST = 3;

/**
 * Whether the server may have accepted a send that it refused us. It has not if it refuses us whatever we ask, each time with
 * a token of its own.
 */
export async function mayBeASecond({ client }: DirectoryContext, error: MeshClientError): Promise<boolean> {
  if (error.code !== "unauthorised") return false;
  for (let asked = 0; asked < ASKED_AT_MOST; asked += 1) {
    try {
      await client.handshake();
      return true;
    } catch (failure) {
      if (!(failure instanceof MeshClientError)) throw failure;
      // Nobody can tell.
      if (failure.code !== "unauthorised") return true;
    }
  }
  return false;
}
