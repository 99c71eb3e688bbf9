import { createLocalAuthority, localHosts } from "@restante/authority";
import { parseOdsCode } from "@restante/mesh";
import type { Door, OwnCertificate } from "@restante/web";
import type { PartSettings } from "./part.ts";
import type { PracticeFile } from "./practice-file.ts";

/**
 * By which the pages are reached; undefined without a sign-in: HTTP, on this computer alone.
 *
 * @throws LocalAuthorityError, DurableError: the authority of the settings cannot issue
 */
export async function doorOf(settings: PartSettings<PracticeFile>): Promise<Door | undefined> {
  const { pages } = settings.file;
  if (pages?.signIn === undefined) return undefined;
  const { address, proxy } = pages;
  const tls = await certificateOf(settings);
  return {
    ...(address !== undefined && { address: new URL(address) }),
    ...(proxy !== undefined && { trustedProxies: proxy.trusted }),
    ...(tls !== undefined && { tls }),
  };
}

async function certificateOf({ file, text }: PartSettings<PracticeFile>): Promise<OwnCertificate | undefined> {
  const { tls, address } = file.pages ?? {};
  if (tls === undefined) return undefined;
  if (tls.authority === undefined) return { cert: text("/pages/tls/cert"), key: text("/pages/tls/key") };
  const authority = await createLocalAuthority(tls.authority);
  const name = address === undefined ? undefined : new URL(address).hostname.replaceAll(/[[\]]/g, "");
  return authority.issue({
    commonName: `${parseOdsCode(file.organisation.odsCode)}-worklist`,
    hosts: name === undefined ? localHosts : [name],
    kind: "server",
  });
}
