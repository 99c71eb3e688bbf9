// How long something has waited, or is late. In hours and days: a page that is kept up to date says nothing new every minute.

const hourMs = 60 * 60 * 1000;

/** Such as "3 hours". A clock that was put back has no negative times. */
export function durationWords(ms: number): string {
  const hours = Math.floor(ms / hourMs);
  if (hours < 1) return "less than an hour";
  if (hours < 48) return hours === 1 ? "1 hour" : `${hours} hours`;
  return `${Math.floor(hours / 24)} days`;
}

export function waitedWords(since: Date, now: Date): string {
  return durationWords(now.getTime() - since.getTime());
}
