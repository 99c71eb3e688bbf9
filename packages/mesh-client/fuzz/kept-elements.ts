import type { ControlFile } from "@restante/mesh";

/** Those that no client sets. Where there is none, MESH makes the addresses of mail from the mailboxes. */
const kept = ["from", "to", "workflowId", "subject", "localId", "partnerId", "processId", "checksum"] as const;

/** What of a control file of OUT is another in SENT, or in IN, though no client sets it. */
export function changedElements(source: ControlFile, copy: ControlFile, where: "SENT" | "IN"): (keyof ControlFile)[] {
  const changed: (keyof ControlFile)[] = [];
  const differs = (property: keyof ControlFile, wanted: unknown = source[property]): void => {
    if (copy[property] !== wanted) changed.push(property);
  };
  for (const property of kept) differs(property);
  if (source.fromSmtp !== undefined) differs("fromSmtp");
  if (where === "SENT") for (const flag of ["compress", "encrypted", "allowChunking"] as const) differs(flag);
  else {
    differs("compress", source.compress ?? true);
    differs("encrypted", source.encrypted ?? false);
  }
  return changed;
}
