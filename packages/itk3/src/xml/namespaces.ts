// Namespaces in XML 1.0: each prefix with a stack of its own, so that neither depth nor the number of prefixes is paid for
// more than once.
import { isPlainName } from "./characters.ts";

const xmlNamespace = "http://www.w3.org/XML/1998/namespace";
const xmlnsNamespace = "http://www.w3.org/2000/xmlns/";

/** A namespace declared and not yet out of scope; the prefix is "" for the default one. */
interface Declaration {
  prefix: string;
  uri: string;
  depth: number;
}

export class Namespaces {
  /** The one of names without a prefix; "" where there is none. */
  default = "";
  /** In the order in which they were declared. */
  readonly #declared: Declaration[] = [];
  readonly #urisOf = new Map<string, string[]>();

  /** Undefined for a prefix that is not declared. */
  of(prefix: string): string | undefined {
    if (prefix === "") return this.default;
    return this.#urisOf.get(prefix)?.at(-1) ?? (prefix === "xml" ? xmlNamespace : undefined);
  }

  /** Takes the declaration of an element `depth` deep, if the attribute is one; returns what is wrong with it. */
  enter(attribute: string, uri: string, depth: number): string | undefined {
    const prefix = attribute === "xmlns" ? "" : attribute.startsWith("xmlns:") ? attribute.slice(6) : undefined;
    if (prefix === undefined) return undefined;
    if (!isUri(uri)) return "a namespace is not named by a URI";
    if (!mayBe(prefix, uri)) return "a namespace declaration is wrong";
    this.#declare(prefix, uri, depth);
    return undefined;
  }

  /** Forgets what an element `depth` deep declared. */
  leave(depth: number): void {
    for (let last = this.#declared.at(-1); last?.depth === depth; last = this.#declared.at(-1)) {
      const uris = this.#urisOf.get(last.prefix);
      uris?.pop();
      if (last.prefix === "") this.default = uris?.at(-1) ?? "";
      this.#declared.pop();
    }
  }

  #declare(prefix: string, uri: string, depth: number): void {
    this.#declared.push({ prefix, uri, depth });
    const uris = this.#urisOf.get(prefix);
    if (uris === undefined) this.#urisOf.set(prefix, [uri]);
    else uris.push(uri);
    if (prefix === "") this.default = uri;
  }
}

/** Namespaces in XML 1.0, 3: a prefix may not be declared away, and two namespaces have a prefix of their own. */
function mayBe(prefix: string, uri: string): boolean {
  if (uri === xmlnsNamespace || prefix === "xmlns") return false;
  if ((uri === xmlNamespace) !== (prefix === "xml")) return false;
  return prefix === "" || (uri !== "" && isPlainName(prefix));
}

// RFC 3986, less what no namespace is named by: users, brackets, ports above 99999, more than 2,000 characters.
function isUri(text: string): boolean {
  if (text.length > 2000 || !/^(?:[A-Za-z0-9\-._~:/?#@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/.test(text)) return false;
  const scheme = /^([^:/?#]*):/.exec(text)?.[1];
  if (scheme !== undefined && !/^[A-Za-z][A-Za-z0-9+.-]*$/.test(scheme)) return false;
  const authority = /^[^/?#]*\/\/([^/?#]*)/.exec(text)?.[1] ?? "";
  return /^[^@:]*$|^[^@:]+:\d{1,5}$/.test(authority) && text.indexOf("#") === text.lastIndexOf("#");
}
