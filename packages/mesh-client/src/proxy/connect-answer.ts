import type { Retry } from "@restante/mesh";

/** Beyond it nothing is read of what a proxy answers to CONNECT. */
export const maxProxyHeadBytes: number = 16 * 1024;

/** What a proxy has answered to CONNECT, as far as it has come. */
export type ConnectAnswer =
  | "incomplete"
  | "open"
  /** In our words, after `The proxy HOST:PORT`. What the proxy itself says is never repeated, and never the server's. */
  | { readonly refused: string; readonly retry: Retry };

/**
 * Reads the head of the answer to CONNECT (RFC 9110, 9.3.6): any 2xx opens the way. What stands behind the head cannot
 * be the server's: it speaks only when it is spoken to.
 */
export function readConnectAnswer(received: Buffer, { signedIn }: { readonly signedIn: boolean }): ConnectAnswer {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) {
    if (received.length <= maxProxyHeadBytes) return "incomplete";
    return { refused: `answers with a head larger than ${maxProxyHeadBytes / 1024} KB`, retry: "safe" };
  }
  const [first = "", ...fields] = received.toString("latin1", 0, end).split("\r\n");
  const status = Number(/^HTTP\/1\.[01] ([1-5]\d\d)(?: |$)/.exec(first)?.[1]);
  if (Number.isNaN(status)) return { refused: "does not answer as an HTTP proxy does", retry: "safe" };
  if (status >= 200 && status < 300) {
    if (received.length === end + 4) return "open";
    return { refused: "sends what nobody has asked for", retry: "safe" };
  }
  return refusal(status, fields, signedIn);
}

function refusal(status: number, fields: readonly string[], signedIn: boolean): ConnectAnswer {
  if (status === 407) {
    const ways = waysToSignIn(fields);
    const otherWay =
      ways.length > 0 && !ways.includes("Basic") ? ` by ${ways.join(" or ")}; here it is Basic alone` : "";
    const refused = signedIn && otherWay === "" ? "does not accept our sign-in" : `asks for a sign-in${otherWay}`;
    return { refused: `${refused} (407)`, retry: "never" };
  }
  if (status === 408 || status === 425 || status === 429) return { refused: `is busy (${status})`, retry: "safe" };
  if (status >= 500) return { refused: `does not reach the server (${status})`, retry: "safe" };
  return { refused: `does not let us through to the server (${status})`, retry: "never" };
}

const knownWays = ["Basic", "Digest", "NTLM", "Negotiate", "Kerberos", "Bearer"] as const;

/** By names that we know: words of a proxy are not repeated. */
function waysToSignIn(fields: readonly string[]): string[] {
  const asked = new Set(
    fields
      .map((field) => /^proxy-authenticate:\s*(.*)$/i.exec(field)?.[1] ?? "")
      .flatMap((value) => value.split(","))
      .map((part) => part.trim().split(" ")[0]!.toLowerCase()),
  );
  return knownWays.filter((way) => asked.has(way.toLowerCase()));
}
