// What the audit calls the things that pages are about.

type Params = Readonly<Record<string, string>>;

export const taskSubject = (taskId: number | string): string => `task:${taskId}`;
export const reportSubject = (headerId: string): string => `report:${headerId}`;
export const straySubject = (strayId: number | string): string => `unmatched:${strayId}`;

/** By the address of a page; undefined where it names no such thing, whatever it says. */
export const aboutTask = ({ id = "" }: Params): string | undefined => (isNumber(id) ? taskSubject(id) : undefined);
export const aboutStray = ({ id = "" }: Params): string | undefined => (isNumber(id) ? straySubject(id) : undefined);
export const aboutReceiver = ({ id = "" }: Params): string | undefined => (isNumber(id) ? `receiver:${id}` : undefined);
export const aboutReport = ({ id = "" }: Params): string | undefined =>
  /^[A-Za-z0-9.-]{1,64}$/.test(id) && !isLikeNhsNumber(id) ? reportSubject(id) : undefined;

function isLikeNhsNumber(id: string): boolean {
  return /^\d{10}$/.test(id.replaceAll(/[.-]/g, ""));
}

/** As its page is found by (`numberIn`), of fewer digits than an NHS number, which somebody may type there. */
function isNumber(id: string): boolean {
  return /^[1-9]\d{0,8}$/.test(id);
}
