// A data folder for development is marked when it is made: by a small file, before anything else of a server is in it. What
// is done to such a folder (messages injected, the clock moved, everything wiped) must never be done to letters of patients,
// so development mode works on a marked folder alone, and production on one that is not. Nobody takes a mark away: a folder
// is the one or the other as long as it is there.
//
//   absent, or nothing in it   development mode marks it; production leaves it as it is, and it is production's from then on
//   marked                     development mode works on it; production refuses it
//   anything else              production works on it; development mode refuses it

import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { asDurableError, exists, isMissing, makeFolder, writeWhole } from "@restante/durable";

import { MeshServerError } from "./errors.ts";

const MARK = "for-development.txt";

const words = `This folder is for development: whoever runs a server on it may wipe it, move its clock and put messages into it.
A MESH server in production refuses it as long as this file is here. Leave it here: what is in the folder may be anything.
`;

/** What may be there before the mark is: the lock of whoever makes the folder, and half a mark after a kill. */
const beforeTheMark = /^(?:server\.(?:lock|pid)|\.(?:server\.pid|for-development\.txt)\.\w+)/;

export async function isMarked(folder: string): Promise<boolean> {
  try {
    return await exists(join(folder, MARK));
  } catch (error) {
    // A file in the folder's place: whoever opens it says so.
    if (Error.isError(error) && "code" in error && error.code === "ENOTDIR") return false;
    throw asDurableError(error, folder);
  }
}

/** Whether nothing is in it, or it is not there: such a folder can still become the one or the other. */
export async function isUnused(folder: string): Promise<boolean> {
  return (await firstIn(folder)) === undefined;
}

/**
 * Marks a folder that nothing is in, and makes it if it is absent.
 * @throws {MeshServerError} `folder-not-marked`: it holds something, and was not marked before
 */
export async function mark(folder: string): Promise<void> {
  if (await isMarked(folder)) return;
  const found = await firstIn(folder);
  if (found !== undefined) {
    throw new MeshServerError(
      "folder-not-marked",
      `${folder}: it was not made for development (it holds '${found}'), and development mode could wipe it: name another folder`,
    );
  }
  try {
    await makeFolder(folder);
    await writeWhole(folder, MARK, words);
  } catch (error) {
    throw asDurableError(error, folder);
  }
}

/** @throws {MeshServerError} `folder-for-development` */
export async function refuseMarked(folder: string): Promise<void> {
  if (!(await isMarked(folder))) return;
  throw new MeshServerError(
    "folder-for-development",
    `${folder}: it was made for development (by --dev or restante up; ${MARK} says so), where messages may be wiped and clocks moved: ` +
      "name a folder of its own for this server, or run it with restante server --data",
  );
}

async function firstIn(folder: string): Promise<string | undefined> {
  try {
    return (await readdir(folder)).find((name) => !beforeTheMark.test(name));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw asDurableError(error, folder);
  }
}
