// A body's file is named `<message id>-<chunk>.<random>`; while it is received, with a dot before it.

const name = /^[A-Za-z0-9_]{1,64}-\d{1,9}\.[0-9a-f]{8}$/;

export function isBodyName(fileName: string): boolean {
  return name.test(fileName);
}

/** Of a body that is being received: nothing was said to its sender yet. */
export function isUnfinishedName(fileName: string): boolean {
  return fileName.startsWith(".") && isBodyName(fileName.slice(1));
}

/** Of an object that was put to see whether that can be done. */
export function isProbeName(name: string): boolean {
  return /^\.probe\.[0-9a-f]{8}$/.test(name);
}

/** The object that says whose the place is (keeping/whose-bodies.ts). */
export const MARK_NAME = ".mark";
