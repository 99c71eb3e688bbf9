/** Each says the name of others too, so the first that is there counts: Edge calls itself Chrome and Safari. */
const browsers = [
  ["Edg", "Edge"],
  ["OPR/", "Opera"],
  ["SamsungBrowser/", "Samsung Internet"],
  ["Firefox/", "Firefox"],
  ["FxiOS/", "Firefox"],
  ["CriOS/", "Chrome"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;

const systems = [
  ["Windows", "Windows"],
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Macintosh", "macOS"],
  ["CrOS", "ChromeOS"],
  ["Linux", "Linux"],
] as const;

/**
 * By what a browser says of itself, the words by which a person knows it again, such as `Firefox on Windows`: of a few words of
 * ours, whatever it says. It may say anything, so nothing follows from it.
 */
export function browserWords(userAgent: string | undefined): string {
  const named = (known: readonly (readonly [string, string])[]): string | undefined =>
    known.find(([sign]) => userAgent?.includes(sign))?.[1];
  const [browser, system] = [named(browsers), named(systems)];
  if (system === undefined) return browser ?? "";
  return `${browser ?? "A browser"} on ${system}`;
}
