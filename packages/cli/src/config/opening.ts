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
  readonly folderInUse: string;
}

/** Of a part that was configured by a file of its own. */
export function remediesIn(file: string): Remedies {
  return {
    portInUse: `choose another in ${file}`,
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
        emit({ event: "folder-lost", ...part, code: error.code });
        onLost(error);
      },
    }),
  );
}

/** @throws CliError `port-in-use` */
export async function onFreePort<T>(
  port: number,
  whose: string,
  { portInUse }: Remedies,
  listen: () => Promise<T>,
): Promise<T> {
  try {
    return await listen();
  } catch (cause) {
    if (!isAddressInUse(cause)) throw cause;
    throw new CliError("port-in-use", `port ${port}, for ${whose}, is in use: ${portInUse}`, { cause });
  }
}

function isAddressInUse(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error as NodeJS.ErrnoException).code === "EADDRINUSE" || isAddressInUse(error.cause);
}
