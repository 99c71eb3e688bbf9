// What is wrong with an input is gathered, all of it, and thrown as one error.
import { type InputProblem, Itk3Error, type Itk3ErrorCode } from "../errors.ts";

const mostListed = 100;

export interface Problems {
  readonly listed: readonly InputProblem[];
  /** How many there are beyond the first 100. */
  readonly unlisted: number;
  add: (problem: InputProblem) => void;
  /** Adds those of a part of the input, which that part named from itself on. */
  addAll: (part: Pick<Problems, "listed" | "unlisted">, prefix?: string) => void;
  /** Throws Itk3Error with every problem, if there is one. */
  refuse: (code?: Itk3ErrorCode) => void;
}

export function problemList(): Problems {
  const listed: InputProblem[] = [];
  let unlisted = 0;
  const add = (problem: InputProblem): void => {
    if (listed.length < mostListed) listed.push(problem);
    else unlisted += 1;
  };
  return {
    listed,
    get unlisted() {
      return unlisted;
    },
    add,
    addAll: (part, prefix = "") => {
      for (const problem of part.listed) {
        add(problem.in === "message" ? problem : { ...problem, path: `${prefix}${problem.path}` });
      }
      unlisted += part.unlisted;
    },
    refuse: (code = "input-invalid") => {
      if (listed.length === 0) return;
      throw new Itk3Error(code, sentences(listed, unlisted), { problems: [...listed], unlisted });
    },
  };
}

/** One sentence a problem. */
function sentences(listed: readonly InputProblem[], unlisted: number): string {
  const said = listed.map(({ path, text, requirement }) => {
    const named = requirement === undefined ? "" : ` (${requirement})`;
    return `${path === "" ? "The input" : path} ${text}${named}.`;
  });
  const more = unlisted === 0 ? [] : [`And ${unlisted} more.`];
  return [...said, ...more].join(" ");
}

/** A field of an input, and the way to say what is wrong with it. */
export interface Place {
  readonly path: string;
  field: (name: string) => Place;
  item: (index: number) => Place;
  /** `text` is read after the path: `must not be blank`. */
  tell: (text: string, requirement?: string) => void;
  /** False where something was told of the field or of what it holds. */
  isRight: () => boolean;
  /** For what can be seen only when the whole of the input is known. */
  later: (look: Later) => void;
}

/** `Seen` is what is known then: of the entries of a document, where each reference leads. */
export type Later = (seen: unknown) => void;

/** The root of an input, or of a part of it; `laters` takes what is to be looked at later, where anything will be. */
export function placeOf(problems: Problems, path = "", laters?: Later[]): Place {
  const wrong = new Set<string>();
  const placeAt = (at: string, above: readonly string[]): Place => {
    const line = [...above, at];
    return {
      path: at,
      field: (name) => placeAt(at === "" ? name : `${at}.${name}`, line),
      item: (index) => placeAt(`${at}[${index}]`, line),
      tell: (text, requirement) => {
        for (const one of line) wrong.add(one);
        problems.add({ path: at, in: "input", ...(requirement === undefined ? {} : { requirement }), text });
      },
      isRight: () => !wrong.has(at),
      later: (look) => laters?.push(look),
    };
  };
  return placeAt(path, []);
}

/** Refuses for one reason alone. */
export function refuseInput(path: string, text: string): never {
  const problem: InputProblem = { path, in: "input", text };
  throw new Itk3Error("input-invalid", sentences([problem], 0), { problems: [problem] });
}
