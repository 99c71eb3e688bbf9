import { controlElements, type ControlElement, type ControlFile, type StatusRecord } from "./control-file.ts";

/** The real client writes these empty in the control file of a received message, and leaves them out elsewhere. */
const emptyInReceived: ReadonlySet<string> = new Set(["PartnerId", "ProcessId", "DataChecksum"]);

/**
 * Writes a control file like the real client: no XML declaration, an indent of two spaces, its order of elements,
 * absent ones left out (in a received message PartnerId, ProcessId and DataChecksum are empty instead).
 *
 * Control characters and what XML cannot hold become U+FFFD: a sender's odd subject must not stop a message from being
 * saved, nor the file from being read again.
 */
export function writeControlFile(control: ControlFile): string {
  const received = control.messageType === "Data" && control.addressType === "ALL" && control.status !== undefined;
  const lines = controlElements.flatMap((controlElement) => {
    const { name } = controlElement;
    const text = textOf(control, controlElement);
    return text === "" && !(received && emptyInReceived.has(name)) ? [] : [element(name, text)];
  });
  if (control.status !== undefined) lines.push(...statusLines(control.status));
  return ["<DTSControl>", ...lines.map((line) => `  ${line}`), "</DTSControl>", ""].join("\n");
}

function textOf(control: ControlFile, { kind, property }: ControlElement): string {
  if (kind === "text") return control[property] ?? "";
  const flag = control[property];
  return flag === undefined ? "" : yesOrNo(flag);
}

function statusLines(status: StatusRecord): string[] {
  return [
    "<StatusRecord>",
    `  ${element("DateTime", status.at)}`,
    `  ${element("Event", status.event)}`,
    `  ${element("Status", status.success ? "SUCCESS" : "ERROR")}`,
    `  ${element("StatusCode", status.code)}`,
    `  ${element("Description", status.description)}`,
    "</StatusRecord>",
  ];
}

function yesOrNo(flag: boolean): "Y" | "N" {
  return flag ? "Y" : "N";
}

function element(name: string, text: string): string {
  return `<${name}>${escapeText(text)}</${name}>`;
}

function escapeText(text: string): string {
  return (
    text
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex -- the characters that must not be written
      .replaceAll(/[\u0000-\u001F\u007F\uFFFE\uFFFF]/g, "\uFFFD")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
  );
}
