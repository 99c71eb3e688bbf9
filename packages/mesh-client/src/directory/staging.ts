// What a decision needs lies in TEMP before it is taken (decide.ts): written there, and removed again if nothing wants it.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { exists, isMissing, writeNew } from "@restante/durable";
import { type ControlFile, type MessageId, newMessageId, type StatusRecord, writeControlFile } from "@restante/mesh";
import { codeOf } from "../error-code.ts";
import type { DirectoryContext } from "./context.ts";
import { reportControl } from "./control-files.ts";
import type { Step } from "./filing.ts";
import { inFolder } from "./folder-trouble.ts";
import type { Plan } from "./journal.ts";

/** Writes a control file to TEMP, and gives the step that moves it to where it belongs. */
export type Stage = (name: string, control: ControlFile, to: NonNullable<Step["to"]>) => Promise<Step>;

/** Writes a control file to TEMP: its content is on disk, its name is once TEMP is synced. */
export async function stage(
  { folders }: DirectoryContext,
  name: string,
  control: ControlFile,
  to: NonNullable<Step["to"]>,
): Promise<Step> {
  await inFolder("temp", async () => {
    const path = join(folders.temp, name);
    const content = writeControlFile(control);
    await writeNew(path, content).catch(async (error: unknown) => {
      if (codeOf(error) !== "EEXIST") throw error;
      // Left by a decision of which it is not known whether the journal has it.
      await rm(path);
      await writeNew(path, content);
    });
  });
  return { from: { folder: "temp", name }, to };
}

/** Stages a report about a pair of ours, or about the polling: a `.ctl` in IN, under an id of its own. */
export async function stageReport(
  { mailboxId, clock }: DirectoryContext,
  stage: Stage,
  status: StatusRecord,
  about: Partial<ControlFile> = {},
  messageId?: MessageId,
): Promise<Plan> {
  const id = newMessageId(clock.now());
  const control = reportControl(about, { mailboxId, messageId, status });
  return { steps: [await stage(`report-${id}.ctl`, control, { folder: "in", name: `${id}.ctl` })] };
}

/** Removes from TEMP what nothing wants, as far as that can be done: see discardLeft for the rest. */
export async function discard(
  { folders, leftInTemp }: Pick<DirectoryContext, "folders" | "leftInTemp">,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    try {
      await rm(join(folders.temp, name));
    } catch (error) {
      // That the folder is gone says nothing of the file. A message that is fetched again takes the place of its own.
      const isGone = isMissing(error) && (await exists(folders.temp).catch(() => false));
      if (!isGone && !name.startsWith("in-")) leftInTemp.add(name);
    }
  }
}

/** Removes what could not be removed when it was to be: TEMP was gone, and has come back with it. To be done between looks at OUT. */
export async function discardLeft(context: DirectoryContext): Promise<void> {
  const { leftInTemp, troubles } = context;
  if (leftInTemp.size === 0 || troubles.isUnusable("TEMP")) return;
  const names = [...leftInTemp];
  leftInTemp.clear();
  await discard(context, names);
}
