/** Whatever is neither a letter nor a number, nor one of the few other signs of our addresses, is in none of them. */
const signs = /^\/[A-Za-z0-9._~/%?&=+:,-]{0,1000}$/;
const nobodysOwn = "https://here.invalid";

/**
 * The page of this site to which a person wanted to go before they were asked to sign in; undefined where it is anything else:
 * another site, however it is written, or a page of signing in or out. It is put together anew.
 */
export function ownPath(given: unknown): string | undefined {
  if (typeof given !== "string" || !signs.test(given)) return undefined;
  const url = URL.parse(given, nobodysOwn);
  if (url === null || url.origin !== nobodysOwn) return undefined;
  // Two strokes at its beginning would name another host, also where they are left of `/.//`.
  if (url.pathname.startsWith("//") || /^\/(sign-in|sign-out)(\/|$)/.test(url.pathname)) return undefined;
  return `${url.pathname}${url.search}`;
}
