import type { Directory } from "@restante/demographics";
import type { Schema } from "@restante/settings";

/** A part that has a file of settings of its own, and which of its settings are more than they say. All are patterns, as rules have them. */
export interface Part<File> {
  readonly name: "server" | "client" | "practice";
  readonly schema: Schema<File>;
  /** Paths of files and folders, written from the folder of the file. */
  readonly paths: readonly string[];
  readonly secrets: readonly string[];
  /** `{ key, cert, ca }`, each the path of a PEM file; of pages without `ca`. */
  readonly tls: readonly string[];
  /** `{ patients, organisations }`, the two files of the embedded directory. */
  readonly directory?: string;
}

/** The settings of a part as they will be used. */
export interface PartSettings<File> {
  /** With every default written out, and paths absolute. Secrets are still where they are. */
  readonly file: File;
  /** What is in the secret or the PEM file that is named at a JSON Pointer, such as `/sharedKey` or `/tls/cert`. */
  readonly text: (pointer: string) => string;
  /** All of those, by their pointers. */
  readonly texts: ReadonlyMap<string, string>;
  /** What the files of the embedded directory hold, of a part that has one. */
  readonly directory: () => Directory;
}
