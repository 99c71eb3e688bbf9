import { Refusal } from "../issue.ts";
import { type NarrativeFault, narrativeFault } from "./narrative.ts";
import { tokenise } from "./tokenise.ts";

const xhtmlNamespace = "http://www.w3.org/1999/xhtml";

/** What is wrong with a narrative that stands alone, as JSON has it; undefined where nothing is. */
export function checkNarrative(text: string): NarrativeFault | undefined {
  let fault: NarrativeFault | undefined;
  let root = "";
  let hollow = true;
  const note = (found: NarrativeFault | undefined): void => {
    if (fault === undefined || (found?.active === true && !fault.active)) fault = found ?? fault;
  };
  try {
    tokenise(text, {
      open(element) {
        if (root === "") root = element.name;
        if (element.name === "img") hollow = false;
        const foreign = element.namespace !== xhtmlNamespace || element.prefixed;
        if (foreign) note({ active: false, text: "A narrative holds an element of another namespace, or a prefix." });
        note(narrativeFault(element.name, element.attributes));
      },
      text(found) {
        if (/\S/.test(found)) hollow = false;
      },
      close() {},
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { active: false, text: "A narrative is not well-formed." };
  }
  if (root !== "div") note({ active: false, text: "A narrative is not a div." });
  if (hollow) note({ active: false, text: "A narrative is empty." });
  return fault;
}
