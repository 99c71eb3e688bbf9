import { refuseUnreadable } from "../input/message-input.ts";
import { Refusal } from "../issue.ts";
import { decodeText } from "../read/decode.ts";
import { setReading } from "../read/places.ts";
import { elementsAllowed, recommendedMaxBytes } from "../read/limits.ts";
import { readJsonResource } from "../json/read-resource.ts";
import { readXmlResource } from "../xml/read-resource.ts";
import { events, messageDefinitions } from "../names.ts";
import { sourceOfBytes } from "../read/source.ts";
import type { Resource } from "../stu3/types.ts";
import { isResponseHeader, readHandling } from "./handling.ts";
import { messageOf, resourcesOf } from "./message-of.ts";
import type { ReadResult, Remains } from "./model.ts";
import type { ReadOptions } from "./read-options.ts";

/**
 * Reads an ITK3 message, in XML or JSON. Never throws, whatever the bytes: what cannot be read has no `message` and an
 * issue that says why.
 *
 * Elements in the wrong order and values with white space around them are read, and processing instructions passed over, with a
 * warning; unknown elements, and values that are none, are left out with an error. What is left is for `check` to judge.
 *
 * @throws Itk3Error `input-invalid` where it is given no bytes, or options that are none
 */
export function readMessage(bytes: Uint8Array, options: ReadOptions = {}): ReadResult {
  refuseUnreadable(bytes, options);
  try {
    const { maxBytes = recommendedMaxBytes } = options;
    const source = decodeText(bytes, maxBytes);
    const read = readerOf(source.text);
    const { resource, issues, refused } = read(source, elementsAllowed(maxBytes));
    if (refused !== undefined) {
      return { message: undefined, issues: [...issues, refused], remains: remainsOf(resource, bytes) };
    }
    const message = resource?.resourceType === "Bundle" ? messageOf(resource, issues) : undefined;
    if (message !== undefined) {
      // Of its text, not of the bytes: those are the caller's, who may have written others there.
      const { text } = source;
      setReading(message.bundle, (places) => {
        read(sourceOfBytes(Buffer.from(text, "latin1")), elementsAllowed(maxBytes), places);
      });
      return { message, issues };
    }
    issues.push({
      severity: "error",
      code: "not-a-message",
      location: resource?.resourceType ?? "",
      text: "There is no MessageHeader in a message Bundle.",
    });
    return { message: undefined, issues, remains: remainsOf(resource, bytes) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { message: undefined, issues: [error.issue], remains: remainsOf(undefined, bytes) };
  }
}

/** @throws Refusal where the text can be neither. */
function readerOf(text: string): typeof readXmlResource {
  const [first = "<"] = /[^ \t\r\n]/.exec(text) ?? [];
  if (first === "{") return readJsonResource;
  if (first === "<") return readXmlResource;
  const reason = "The message is neither XML nor a JSON object.";
  throw new Refusal({ severity: "error", code: "not-well-formed", location: "", text: reason });
}

function remainsOf(resource: Resource | undefined, bytes: Uint8Array): Remains {
  const bundle = resource?.resourceType === "Bundle" ? resource : undefined;
  const header = resourcesOf(bundle).find((found) => found.resourceType === "MessageHeader");
  return {
    headerId: header?.id,
    isResponse: header === undefined ? speaksOfResponse(bytes) : isResponseHeader(header),
    handling: readHandling(header),
  };
}

const responseNames = [events.response.code, messageDefinitions.response];

// Of what was not read as far as its header, or at all, the names that only a response has say enough.
function speaksOfResponse(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return responseNames.some((name) => text.includes(name));
}
