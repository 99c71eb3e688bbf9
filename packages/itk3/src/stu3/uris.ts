/** Whether what may be a URI begins with no scheme (RFC 3986): relative to a message there is nothing. */
export function isRelative(uri: string): boolean {
  return uri !== "" && !/^[a-z][a-z0-9+.-]*:|\s/i.test(uri);
}
