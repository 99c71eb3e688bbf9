import { type CheckedFile, checkStatus } from "./checked-file.ts";

/** What the check found, for programs: `{ status, files: [{ file, readable, conforms, acceptable, findings }] }`. */
export function reportJson(files: readonly CheckedFile[]): string {
  const listed = files.map(({ file, readable, heldAgainst, result }) =>
    Object.assign({ file, readable }, heldAgainst === undefined ? {} : { heldAgainst }, result),
  );
  return `${JSON.stringify({ status: checkStatus(files), files: listed }, undefined, 2)}\n`;
}
