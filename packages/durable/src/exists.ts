import { stat } from "node:fs/promises";

/** Throws where that cannot be told: a folder that may not be searched is no proof. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Whether the operating system says that there is no such file or folder. */
export function isMissing(error: unknown): boolean {
  return Error.isError(error) && "code" in error && error.code === "ENOENT";
}
