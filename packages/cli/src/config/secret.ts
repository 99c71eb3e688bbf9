import { object, type Needed, optional, text, type TextFormat } from "@restante/settings";

/** Where a secret is. It is never in the settings themselves, which are shown and copied, and never an argument, which every user of a machine sees. */
export interface SecretSource {
  /** A file that holds it, and nobody but its owner may open. */
  file?: string;
  /** Where in the file, if that is JSON: a JSON Pointer. */
  pointer?: string;
  /** An environment variable. */
  env?: string;
}

const POINTER = "^(/([^~/]|~0|~1)*)+$";
const VARIABLE = "^[A-Za-z_][A-Za-z0-9_]*$";

const pointerFormat: TextFormat = {
  name: "json-pointer",
  accepts: (text) => new RegExp(POINTER).test(text),
  pattern: POINTER,
  problem: "must be a JSON Pointer, such as /passwords/A20047HC001",
};

export const variableFormat: TextFormat = {
  name: "environment-variable",
  accepts: (text) => new RegExp(VARIABLE).test(text),
  pattern: VARIABLE,
  problem: "must be the name of an environment variable, such as MESH_SHARED_KEY",
};

export function secret(description: string): Needed<SecretSource> {
  return object<SecretSource>(
    {
      file: optional(
        text({
          description: "A file that holds it, by its path from this file's folder; nobody but its owner may open it.",
        }),
      ),
      pointer: optional(
        text({
          description:
            "Where in the file it is, if that is a file of JSON. Absent: the whole file, less the end of its line.",
          format: pointerFormat,
        }),
      ),
      env: optional(text({ description: "The environment variable that holds it.", format: variableFormat })),
    },
    {
      description: `${description} Where it is to be found, never the secret itself.`,
      errorMessage: "must say where the secret is, { file: PATH } or { env: NAME }: it is never written here itself",
      oneOf: [{ required: ["file"] }, { required: ["env"] }],
      dependentRequired: { pointer: ["file"] },
    },
  );
}
