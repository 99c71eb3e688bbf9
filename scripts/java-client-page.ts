// The table of docs/java-client.md, made from the one by which meshclient.cfg is read.
import {
  type CfgElement,
  clientElements,
  configElements,
  type Source,
} from "../packages/cli/src/meshclient-cfg/elements.ts";
import { fateWords } from "../packages/cli/src/meshclient-cfg/words.ts";

/** People write above the first and below the second, and nobody between them. */
const BEGIN = "<!-- Written by `npm run schemas`, from here -->";
const END = "<!-- to here. -->";

const sources: Readonly<Record<Source, string>> = {
  documents: "NHS documents",
  public: "public files",
  reading: "our reading",
};

/** The page with the table of elements between its marks. */
export function javaClientPage(page: string): string {
  const [before, after] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (before < 0 || after < before) throw new Error("the page has no marks");
  const table = [
    "| element | to the Java client | says who | here | absent or empty |",
    "| --- | --- | --- | --- | --- |",
    ...configElements.map((element) => row(element, "")),
    ...clientElements.map((element) => row(element, "Client/")),
  ];
  return `${page.slice(0, before)}${BEGIN}\n\n${table.join("\n")}\n\n${page.slice(after)}`;
}

function row(element: CfgElement, parent: string): string {
  const { name, theirs, source, isRequired, otherwise } = element;
  const absent = isRequired === true ? "refused" : otherwise === undefined ? "" : `as \`${otherwise}\``;
  return `| \`${parent}${name}\` | ${theirs} | ${sources[source]} | ${fateWords(element)} | ${absent} |`;
}
