import { type MailboxId, parseMailboxId } from "@restante/mesh";
import type { ClientFile } from "../config/client-file.ts";
import type { PartSettings } from "../config/part.ts";

/** The certificates of one mailbox, or those that all mailboxes without their own have. PEM. */
export interface ClientCertificates {
  readonly mailboxId?: MailboxId;
  readonly cert: string;
  readonly ca: string;
}

/** All that a client's settings name: each is there once, however many mailboxes it is of. */
export function certificatesOf({ file, text }: PartSettings<ClientFile>): ClientCertificates[] {
  const at = (pointer: string): { cert: string; ca: string } => ({
    cert: text(`${pointer}/cert`),
    ca: text(`${pointer}/ca`),
  });
  const shared = file.mailboxes.some(({ tls }) => tls === undefined) ? [at("/tls")] : [];
  const own = file.mailboxes.flatMap(({ mailboxId, tls }, index) =>
    tls === undefined ? [] : [{ mailboxId: parseMailboxId(mailboxId), ...at(`/mailboxes/${index}/tls`) }],
  );
  return [...shared, ...own];
}

/** Of each mailbox, those that it has or shares. */
export function certificatesFor(
  settings: PartSettings<ClientFile>,
): (mailboxId: string) => ClientCertificates | undefined {
  const all = certificatesOf(settings);
  return (mailboxId) =>
    all.find((one) => one.mailboxId === mailboxId.toUpperCase()) ?? all.find((one) => one.mailboxId === undefined);
}
