import { nearestName, type TextPlace } from "@restante/mesh";
import type { Finding } from "@restante/settings";
import { type CfgElement, clientElements, configElements } from "./elements.ts";
import type { Around, Put } from "./taking.ts";
import { readXml, type XmlElement } from "./xml.ts";

/** An element that was found, or one that was not and that the Java client has a value for all the same. */
export interface ReadElement {
  readonly element: CfgElement;
  /** As a person finds it: `PollPeriod`, `Client[2]/SaveSent`. */
  readonly name: string;
  /** Undefined: it is not in the file, or empty. */
  readonly place?: TextPlace;
  /** Settings at their pointers from the top of client.yaml. */
  readonly puts: readonly Put[];
  /** What is to be said of it in the place of what its table says. */
  readonly words?: string;
}

export interface ReadElements {
  readonly elements: readonly ReadElement[];
  readonly mailboxes: number;
  /** Names that nobody here knows, and that are passed over. */
  readonly unknown: readonly { readonly name: string; readonly place: TextPlace }[];
  /** By element, as a pointer: `/Client[2]/SaveSent`. */
  readonly problems: readonly (Finding & { readonly place?: TextPlace })[];
}

/** All elements of a meshclient.cfg, read by the table. */
export function readCfgElements(bytes: Uint8Array, around: Around): ReadElements {
  const none = { elements: [], mailboxes: 0, unknown: [] };
  const top = readXml(bytes);
  if ("words" in top)
    return {
      ...none,
      problems: [{ pointer: "", words: top.words, ...(top.place !== undefined && { place: top.place }) }],
    };
  if (top.name !== "MESHConfig") {
    const words = "is no meshclient.cfg: its outermost element is not MESHConfig";
    return { ...none, problems: [{ pointer: "", words, place: top.place }] };
  }
  const clients = top.elements.filter(({ name }) => name === "Client");
  const reading: Reading = { around, elements: [], unknown: [], problems: [] };
  if (clients.length === 0) {
    reading.problems.push({ pointer: "", words: "has no Client, and so no mailbox", place: top.place });
  }
  readLevel(reading, top, { known: configElements, names: "", pointer: "", beside: "Client" });
  for (const [index, client] of clients.entries()) {
    const names = clients.length === 1 ? "Client/" : `Client[${index + 1}]/`;
    readLevel(reading, client, { known: clientElements, names, pointer: `/mailboxes/${index}` });
  }
  return { ...reading, mailboxes: clients.length };
}

interface Reading {
  readonly around: Around;
  readonly elements: ReadElement[];
  readonly unknown: { name: string; place: TextPlace }[];
  readonly problems: (Finding & { place?: TextPlace })[];
}

interface Level {
  readonly known: readonly CfgElement[];
  readonly names: string;
  readonly pointer: string;
  /** What else stands there, and is read apart. */
  readonly beside?: string;
}

function readLevel(reading: Reading, parent: XmlElement, { known, names, pointer, beside }: Level): void {
  const refuse = (name: string, words: string, place: TextPlace): void =>
    void reading.problems.push({ pointer: name === "" ? "" : `/${name}`, words, place });
  if (parent.text !== "") refuse(names.replace(/\/$/, ""), "has text between its elements", parent.place);
  const found = new Map<string, XmlElement>();
  const refused = new Set<string>();
  for (const element of parent.elements) {
    const { name, place } = element;
    if (name === beside) continue;
    if (!known.some((one) => one.name === name)) {
      const meant = nearestName(name, [...known.map((one) => one.name), ...(beside === undefined ? [] : [beside])]);
      if (meant === undefined) reading.unknown.push({ name: names + name.slice(0, 100), place });
      else refuse(names + name, `is none of its elements: did you mean ${meant}?`, place);
    } else if (found.has(name)) {
      refuse(names + name, "is there twice: only one can be meant", place);
    } else if (element.elements.length > 0) {
      refuse(names + name, "must be a text, and has elements in it", place);
      refused.add(name);
    } else {
      found.set(name, element);
    }
  }
  for (const element of known) {
    if (refused.has(element.name)) continue;
    readOne(reading, element, names + element.name, found.get(element.name) ?? { place: parent.place }, pointer);
  }
}

function readOne(
  { around, elements, problems }: Reading,
  element: CfgElement,
  name: string,
  found: Pick<XmlElement, "place"> & Partial<XmlElement>,
  below: string,
): void {
  const { isRequired, otherwise, take } = element;
  const isThere = found.text !== undefined && found.text !== "";
  const refuse = (words: string): void => void problems.push({ pointer: `/${name}`, words, place: found.place });
  if (!isThere && isRequired === true) return refuse(found.text === undefined ? "is missing" : "is empty");
  const text = isThere ? found.text : otherwise;
  if (text === undefined) return;
  const taken = take?.(text, around) ?? { puts: [] };
  if ("problem" in taken) return refuse(taken.problem);
  const puts = taken.puts.map((put) => ({ ...put, pointer: below + put.pointer }));
  const said = taken.words === undefined ? {} : { words: taken.words };
  elements.push({ element, name, puts, ...said, ...(isThere && { place: found.place }) });
}
