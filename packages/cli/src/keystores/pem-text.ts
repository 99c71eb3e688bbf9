/** A thing in a text of PEM (RFC 7468), such as a CERTIFICATE, written anew as the standard has it. */
export interface PemBlock {
  readonly label: string;
  readonly pem: string;
  /** A key encrypted as OpenSSL did before PKCS #8 (RFC 1421, 4.6.1.1), or as PKCS #8 has it. */
  readonly isEncrypted: boolean;
}

/**
 * The things in a text of PEM. Where it went through the settings of a cloud or a form, its new lines may have become
 * spaces, or a backslash and an n: they are new lines again here. What stands around the blocks is passed over.
 */
export function pemBlocks(text: string): PemBlock[] {
  const whole = text.replaceAll(/\\r|\\n/g, "\n");
  // Line by line of boundaries: one expression for a whole block would need more memory than there is for a large file of something else.
  const boundaries = Array.from(whole.matchAll(/-----(?:BEGIN|END) ([A-Z0-9 ]{1,100})-----/g));
  return boundaries.flatMap((begin, index) => {
    const label = begin[1] ?? "";
    const end = boundaries[index + 1];
    if (begin[0] !== `-----BEGIN ${label}-----` || end?.[0] !== `-----END ${label}-----`) return [];
    return [blockOf(label, whole.slice(begin.index + begin[0].length, end.index))];
  });
}

function blockOf(label: string, body: string): PemBlock {
  const encryption = /^\s*Proc-Type:\s*4,\s*ENCRYPTED\s+DEK-Info:\s*([A-Z0-9-]+)\s*,\s*([0-9A-F]+)\s/i.exec(body);
  const headers =
    encryption === null ? [] : ["Proc-Type: 4,ENCRYPTED", `DEK-Info: ${encryption[1]},${encryption[2]}`, ""];
  const lines =
    body
      .slice(encryption?.[0].length ?? 0)
      .replaceAll(/\s+/g, "")
      .match(/.{1,64}/g) ?? [];
  return {
    label,
    pem: [`-----BEGIN ${label}-----`, ...headers, ...lines, `-----END ${label}-----`, ""].join("\n"),
    isEncrypted: encryption !== null || label === "ENCRYPTED PRIVATE KEY",
  };
}
