/** What an issuer is known by: some write their own name with a port or a stroke at its end that changes nothing. */
export function issuerName(issuer: string): string {
  return URL.parse(issuer)?.href.replace(/\/$/, "") ?? issuer;
}
