import { readJsonText } from "@restante/mesh";
import type { Finding } from "./finding.ts";
import type { ReadText, TextFault } from "./written-text.ts";
import { readYamlText } from "./yaml-text.ts";

/**
 * Reads a file whose name ends in `.json` as JSON, by the letter: it is made by programs, of any size, and what is not
 * JSON was cut short. Any other is YAML, of which JSON is a part.
 */
export function readText(name: string, text: string): ReadText | TextFault {
  const isJson = /\.json$/i.test(name);
  if (text.trim().replace(/^\uFEFF/, "") === "") return { words: isJson ? "is not JSON: it is empty" : "is empty" };
  if (!isJson) return readYamlText(text);
  const json = readJsonText(text);
  if ("fault" in json) return { words: "is not JSON", place: json.fault };
  const findings = json.repeated.map((at): Finding => {
    const words = "has a property that the same object has before it: only one of them can be meant";
    return { pointer: at.slice(0, at.lastIndexOf("/")), at, words };
  });
  return { value: json.value, placeOf: json.placeOf, findings, oddNumbers: [] };
}
