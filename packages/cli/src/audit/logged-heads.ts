import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { systemReason } from "@restante/durable";
import type { AuditHead } from "@restante/web";
import { CliError } from "../errors.ts";

/**
 * The seals of an organisation's audit that these logs have. Whatever else they hold is passed over: a log may be cut off at
 * either end, and hold other systems' lines.
 *
 * @throws CliError `file-unreadable`
 */
export async function readHeads(files: readonly string[], odsCode: string): Promise<AuditHead[]> {
  const heads: AuditHead[] = [];
  for (const file of files) {
    try {
      if (!(await stat(file)).isFile()) throw new CliError("file-unreadable", `${file} is not a file`);
      for await (const line of createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity })) {
        const head = headIn(line, odsCode);
        if (head !== undefined) heads.push(head);
      }
    } catch (cause) {
      if (cause instanceof CliError) throw cause;
      throw new CliError("file-unreadable", `cannot read ${file}: ${systemReason(cause)}`, { cause });
    }
  }
  return heads;
}

function headIn(line: string, odsCode: string): AuditHead | undefined {
  if (!line.includes('"audit-head"')) return undefined;
  try {
    const { event, odsCode: whose, sequence, seal } = JSON.parse(line) as Record<string, unknown>;
    if (event !== "audit-head" || whose !== odsCode || typeof seal !== "string") return undefined;
    return typeof sequence === "number" ? { sequence, seal } : undefined;
  } catch {
    return undefined;
  }
}
