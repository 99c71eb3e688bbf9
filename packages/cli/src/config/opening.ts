import { holdFolder } from "@restante/durable";
import type { Emit, OdsCode } from "@restante/mesh";
import { CliError } from "../errors.ts";

/** What every part is started with. */
export interface Opening {
  readonly emit: Emit;
  /** Closes what was opened, in the reverse of the order in which it opened. */
  readonly closing: AsyncDisposableStack;
  /** A part in this process has lost the folder that it holds: all must stop, for this reason. */
  readonly onLost: (error: Error) => void;
  readonly remedies: Remedies;
}

/** What helps a person, in the words of the way in which the part was configured. */
export interface Remedies {
  readonly portInUse: string;
  /** Of an address that is not this machine's. */
  readonly elsewhere: string;
  readonly folderInUse: string;
}

/** Of a part that was configured by a file of its own. */
export function remediesIn(file: string): Remedies {
  return {
    portInUse: `choose another in ${file}`,
    elsewhere: `name one in ${file}`,
    folderInUse: `stop it first, or name another dataFolder in ${file}`,
  };
}

/** What a part goes on to write where its folder is gone, nobody would find; where another has it, both would write. */
export function hold(
  folder: string,
  part: { part: "server" | "practice"; odsCode?: OdsCode },
  { emit, closing, onLost, remedies }: Opening,
): void {
  closing.use(
    holdFolder(folder, part.part, {
      remedy: remedies.folderInUse,
      onLost(error) {
        const odsCode = part.odsCode === undefined ? {} : { odsCode: part.odsCode };
        emit({ event: "folder-lost", ...odsCode, code: error.code, reason: error.message });
        onLost(error);
      },
    }),
  );
}

/**
 * Listens, and says in words why it cannot.
 *
 * @throws CliError `port-in-use`, `cannot-listen`
 */
export async function listenAt<T>(
  { host, port }: { readonly host: string; readonly port: number },
  whose: string,
  { portInUse, elsewhere }: Remedies,
  listen: () => Promise<T>,
): Promise<T> {
  try {
    return await listen();
  } catch (cause) {
    const fault = listenFault(cause);
    const code = fault?.code ?? "";
    // Of a server that listens at several, the one that it could not.
    const where = fault?.port ?? port;
    if (code === "EADDRINUSE") {
      throw new CliError("port-in-use", `port ${where}, for ${whose}, is in use: ${portInUse}`, { cause });
    }
    if (code === "EACCES") {
      throw new CliError("cannot-listen", `port ${where}, for ${whose}, is not for this user: ${portInUse}`, { cause });
    }
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
      throw new CliError("cannot-listen", `${host}, for ${whose}, is no address of this machine: ${elsewhere}`, {
        cause,
      });
    }
    throw cause;
  }
}

/** What the operating system says, from wherever in the chain of causes it is. */
function listenFault(error: unknown): { code?: string | undefined; port?: number | undefined } | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, syscall, port } = error as NodeJS.ErrnoException & { port?: number };
  return syscall === "listen" || syscall === "getaddrinfo" ? { code, port } : listenFault(error.cause);
}
