import { headerNames } from "@restante/mesh";

/** `mex-messagetype` to `Mex-MessageType`. */
const mexNames = new Map<string, string>(
  Object.entries(headerNames).map(([key, name]) => [name, `Mex-${key[0]?.toUpperCase()}${key.slice(1)}`]),
);

/** Every second header under a name as people write it, the others as they were: one answer has both, as those of live MESH. */
export function inMixedCase<Value>(headers: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value], index) => [index % 2 === 0 ? asWritten(name) : name, value]),
  );
}

function asWritten(name: string): string {
  const mex = mexNames.get(name);
  // Whatever a name is written like, it is the same name.
  if (mex?.toLowerCase() === name) return mex;
  return name.replaceAll(/(^|-)[a-z]/g, (letters) => letters.toUpperCase());
}
