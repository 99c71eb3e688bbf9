import { existsSync } from "node:fs";
import { isOpenToOthers } from "@restante/durable";
import type { PracticeContext } from "../context.ts";

/** What this system makes is its owner's alone. A folder that was there keeps its mode, which is its owner's to decide. */
export function tellOpenFolders({ emit, organisation, keptFolder }: PracticeContext, dataFolder: string): void {
  const { odsCode } = organisation;
  if (isOpenToOthers(dataFolder) === true) emit({ event: "folder-open-to-others", odsCode, folder: dataFolder });
  if (existsSync(keptFolder) && isOpenToOthers(keptFolder) === true) {
    emit({ event: "folder-open-to-others", odsCode, folder: keptFolder });
  }
}
