import { Itk3Error } from "../errors.ts";

/**
 * A file has bytes, and a media type such as `image/png`.
 *
 * @throws Itk3Error `input-invalid`
 */
export function refuseFile(field: string, { contentType, bytes }: { contentType: string; bytes: Uint8Array }): void {
  if (!(bytes instanceof Uint8Array)) refuse(`${field}.bytes must be a Uint8Array.`);
  if (bytes.byteLength === 0) refuse(`${field}.bytes are empty.`);
  if (!/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;.*)?$/.test(contentType)) {
    refuse(`${field}.contentType must be a media type, such as image/png.`);
  }
}

/** @throws Itk3Error `input-invalid` */
export function refuseTitle(field: string, title: string): void {
  if (title.trim() === "") refuse(`${field}.title must not be blank.`);
}

function refuse(message: string): never {
  throw new Itk3Error("input-invalid", message);
}
