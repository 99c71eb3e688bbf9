import { type Right, rights } from "./access/rights.ts";
import type { Visitor } from "./access/visitor.ts";

export interface NavigationItem {
  /** By this name a page says where it belongs. */
  section: string;
  href: string;
  text: string;
  /** What the page is called in a sentence; absent: its text. */
  inSentence?: string;
  /** Who is shown it; absent: who may see patients. */
  needs?: Right;
  /** Shown only on pages whose surroundings have a number for it, and on its own. */
  ifNumbered?: true;
}

interface FrameSite {
  readonly name: string;
  readonly home: string;
  readonly navigation: readonly NavigationItem[];
  /** The address of the page that shows what the messages say. */
  readonly messages?: string | undefined;
}

/** What stands around every page, whatever it is about and whatever has failed: by who looks at it. */
export interface Frame {
  /** What the visitor may do: a page shows no form that they may not send, which would be refused. */
  readonly may: Partial<Record<Right, true>>;
  readonly frame: {
    readonly navigation: readonly NavigationItem[];
    /** The first page that they may see. */
    readonly landing: { href: string; text: string };
    readonly signedIn?: { name: string; token: string };
    readonly footer: string;
    /** The page that shows what the messages say, for who may open it. */
    readonly messages?: string;
  };
}

/** @param token of the form that signs them out */
export function frameFor(visitor: Visitor | undefined, site: FrameSite, token: () => string): Frame {
  const held = visitor?.rights ?? new Set<Right>();
  return {
    may: Object.fromEntries(rights.filter((right) => held.has(right)).map((right) => [right, true])),
    frame: {
      navigation: site.navigation.filter((item) => mayOpen(held, item)),
      landing:
        visitor === undefined
          ? { href: "/sign-in", text: "the page to sign in" }
          : landingFor(held, site.navigation, site.home),
      ...(visitor?.session !== undefined && { signedIn: { name: visitor.name, token: token() } }),
      ...(visitor !== undefined &&
        visitor.setsUpFirst !== true &&
        site.messages !== undefined && { messages: site.messages }),
      footer: visitor !== undefined && visitor.session === undefined ? thisComputer : whoseAccounts(site.name),
    },
  };
}

/** @param home what the page at `/` is called in a sentence */
export function landingFor(
  held: ReadonlySet<Right>,
  navigation: readonly NavigationItem[],
  home = "",
): { href: string; text: string } {
  const first = navigation.find((item) => mayOpen(held, item));
  if (first === undefined)
    return held.has("see") ? { href: "/", text: home } : { href: "/account", text: "your account" };
  return { href: first.href, text: first.href === "/" ? home : (first.inSentence ?? first.text) };
}

function mayOpen(held: ReadonlySet<Right>, { needs = "see" }: NavigationItem): boolean {
  return held.has(needs);
}

const thisComputer =
  "Restante serves these pages to this computer only. There is no sign-in: whoever uses this computer can see and do everything here.";

function whoseAccounts(name: string): string {
  return `These pages are for the people to whom ${name} has given an account. Whatever they see and do here is written down.`;
}
