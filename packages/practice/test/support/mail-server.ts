import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { localHosts } from "@restante/authority";
import { testAuthority } from "@restante/testbed";
import { SMTPServer } from "smtp-server";
import type { EmailOptions } from "../../src/unread.ts";

export interface Mail {
  from: string;
  to: string[];
  /** As it was sent: header and body. */
  text: string;
  isSecure: boolean;
  user: string;
}

export interface MailServer {
  mails: Mail[];
  /** Addresses that it knows nobody at. */
  refuses: Set<string>;
  options: Omit<EmailOptions, "to">;
}

export const mailPassword = "a password of a test";

/** A mail server that offers STARTTLS and wants a sign-in over it, until the test ends. */
export async function mailServer(
  t: TestContext,
  { offersTls = true }: { offersTls?: boolean } = {},
): Promise<MailServer> {
  const authority = await testAuthority();
  const { key, cert } = await authority.issue({ commonName: "localhost", hosts: localHosts, kind: "server" });
  const mails: Mail[] = [];
  const refuses = new Set<string>();
  const server = new SMTPServer({
    key,
    cert,
    disabledCommands: offersTls ? [] : ["STARTTLS"],
    allowInsecureAuth: !offersTls,
    onAuth({ username = "", password }, _, callback) {
      if (password === mailPassword) callback(null, { user: username });
      else callback(new Error("No."));
    },
    onRcptTo({ address }, _, callback) {
      if (refuses.has(address)) callback(Object.assign(new Error("Nobody."), { responseCode: 550 }));
      else callback();
    },
    onData(stream, { envelope, secure, user }, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        mails.push({
          from: envelope.mailFrom === false ? "" : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
          isSecure: secure,
          user: String(user),
        });
        callback();
      });
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  t.after(async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(() => resolve());
    await promise;
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    mails,
    refuses,
    options: {
      host: "127.0.0.1",
      port,
      security: "starttls",
      user: "worklist",
      password: mailPassword,
      from: "worklist@practice.example",
      ca: authority.caPem,
    },
  };
}
