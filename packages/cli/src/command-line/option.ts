/**
 * One option, wherever it is offered. It is written down once (commands/options) and commands pick it from there, so
 * that it means the same in each; `Given` is what a command gets for it.
 */
export interface Option<out Given = unknown> {
  /** Without the hyphens. */
  readonly name: string;
  /** What it does, as the help says it. */
  readonly about: string;
  /** What stands after it. Undefined: a flag, which takes nothing. */
  readonly value?: ValueOf;
  /** It may be typed more than once; what is read of each is put in one list. */
  readonly isRepeated?: true;
  /** What was typed after it, read. Undefined where it is not what is wanted. */
  readonly read: (text: string) => Given | undefined;
}

export interface ValueOf {
  /** What the help calls it: `DIR`. */
  readonly name: string;
  /** What it must be, as a refusal says it: `a folder`. */
  readonly wanted: string;
  /** Whether it is a number: then `-3` is a wrong number, and no option. */
  readonly isNumber: boolean;
  /** All it can be, where that is a list. */
  readonly choices?: readonly string[] | undefined;
  /** What a shell completes it with. */
  readonly place?: Place | undefined;
  /** What is read where the option is not typed. */
  readonly default?: string | undefined;
  /** What holds where it is not typed and nothing is read: `told from the message`. */
  readonly otherwise?: string | undefined;
  /** What else must be known of the value: `at most 100`. */
  readonly note?: string | undefined;
}

export type Place = "file" | "folder";

export type Options = Readonly<Record<string, Option>>;

/** What a command is given for its options, under the names it picked them by. */
export type Values<Picked extends Options> = {
  readonly [Name in keyof Picked]: Picked[Name] extends Option<infer Given> ? Given : never;
};

/** A kind of value: what it is called, and how it is read. */
export interface Kind<Given> extends Pick<ValueOf, "wanted" | "isNumber" | "choices" | "place"> {
  read(text: string): Given | undefined;
}

interface Described extends Pick<ValueOf, "otherwise" | "note"> {
  /** What the help calls its value. */
  readonly value: string;
  readonly about: string;
}

export function flag(name: string, about: string): Option<boolean> {
  return { name, about, read: (text) => text === "true" };
}

/** An option with a value that may be left out: the command gets undefined then. */
export function optional<Given>(name: string, kind: Kind<Given>, described: Described): Option<Given | undefined> {
  const { about, value, otherwise, note } = described;
  return { name, about, value: { ...kind, name: value, otherwise, note }, read: (text) => kind.read(text) };
}

/** An option with a value that has one where none is typed. */
export function defaulted<Given>(
  name: string,
  kind: Kind<Given>,
  described: Described & { readonly default: string },
): Option<Given> {
  const { about, value, otherwise, note, default: initial } = described;
  return {
    name,
    about,
    value: { ...kind, name: value, otherwise, note, default: initial },
    read: (text) => kind.read(text),
  };
}

/** An option that may be typed more than once: the command gets a list, in the order of typing. */
export function repeated<Given>(name: string, kind: Kind<Given>, described: Described): Option<readonly Given[]> {
  const { about, value, otherwise, note } = described;
  const read = (text: string): readonly Given[] | undefined => {
    const one = kind.read(text);
    return one === undefined ? undefined : [one];
  };
  return { name, about, isRepeated: true, value: { ...kind, name: value, otherwise, note }, read };
}
