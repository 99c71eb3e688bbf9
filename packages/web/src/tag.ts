/** A short word with its colour (nhsuk-frontend, Tag), and a sentence for who wants to know more. */
export interface Tag {
  text: string;
  colour: "grey" | "green" | "blue" | "purple" | "red" | "orange" | "yellow" | "white";
  meaning: string;
}
