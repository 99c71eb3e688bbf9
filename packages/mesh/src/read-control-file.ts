import { type FoundElement, readElements } from "./control-file-elements.ts";
import {
  type AddressType,
  type ControlFile,
  ControlFileError,
  controlElements,
  statusElements,
  type StatusRecord,
} from "./control-file.ts";
import { hasControlCharacter } from "./headers.ts";

/**
 * Reads a control file as other systems write them: elements in any order, empty ones as absent, any version, words and
 * flags in any case, unknown elements passed over, a StatusRecord or a DTSId in OUT. Only AddressType and MessageType
 * must be there; what else is needed depends on the folder that the file was found in.
 *
 * Throws {@link ControlFileError}, code `control-file-malformed`, with the line.
 */
export function readControlFile(bytes: Uint8Array): ControlFile {
  const elements = readElements(bytes);
  for (const [name, { text, line }] of elements) {
    // MESH refuses them in a header, and every element becomes one.
    if (hasControlCharacter(text)) throw new ControlFileError(`a control character in ${name}.`, line);
  }

  const control: Record<string, string | boolean> = {};
  for (const { name, kind, property } of controlElements) {
    const found = elements.get(name);
    if (found === undefined || found.text === "") continue;
    control[property] = kind === "flag" ? readFlag(name, found) : found.text;
  }
  const status = readStatus(elements);
  return {
    version: "1.0",
    ...control,
    addressType: readWord<AddressType>(elements, "AddressType", ["SMTP", "DTS", "ALL"]),
    messageType: readWord<ControlFile["messageType"]>(elements, "MessageType", ["Data", "Report"]),
    ...(status === undefined ? {} : { status }),
  };
}

function readWord<Word extends string>(
  elements: ReadonlyMap<string, FoundElement>,
  name: string,
  words: readonly Word[],
): Word {
  const found = elements.get(name);
  if (found === undefined || found.text === "") throw new ControlFileError(`${name} is missing.`, found?.line);
  const word = words.find((word) => word.toUpperCase() === found.text.toUpperCase());
  if (word === undefined) throw new ControlFileError(`${name} is none of ${words.join(", ")}.`, found.line);
  return word;
}

function readFlag(name: string, { text, line }: FoundElement): boolean {
  const flag = text.toUpperCase();
  if (flag !== "Y" && flag !== "N") throw new ControlFileError(`${name} is neither Y nor N.`, line);
  return flag === "Y";
}

function readStatus(elements: ReadonlyMap<string, FoundElement>): StatusRecord | undefined {
  const textOf = (name: string): string => elements.get(`StatusRecord/${name}`)?.text ?? "";
  if (statusElements.every((name) => textOf(name) === "")) return undefined;
  for (const name of ["DateTime", "Event", "StatusCode"]) {
    if (textOf(name) === "") throw new ControlFileError(`StatusRecord/${name} is missing.`);
  }
  return {
    at: textOf("DateTime"),
    event: textOf("Event"),
    success: readWord(elements, "StatusRecord/Status", ["SUCCESS", "ERROR"]) === "SUCCESS",
    code: textOf("StatusCode"),
    description: textOf("Description"),
  };
}
