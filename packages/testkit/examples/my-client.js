// The client that the examples test: in its place stands yours. It sends, and collects what came.
import { createHmac, randomUUID } from "node:crypto";

export function myClient({ url, mailboxId, password, sharedKey }) {
  /** Good for one request (MESH API, MESH Authorization header). */
  function token() {
    const time = new Date().toISOString().replace(/\D/g, "").slice(0, 12);
    const nonce = randomUUID();
    const hash = createHmac("sha256", sharedKey).update(`${mailboxId}:${nonce}:0:${password}:${time}`).digest("hex");
    return `NHSMESH ${mailboxId}:${nonce}:0:${time}:${hash}`;
  }

  async function ask(method, path, { headers, body } = {}) {
    const answer = await fetch(`${url}/messageexchange/${mailboxId}${path}`, {
      method,
      headers: { authorization: token(), accept: "application/vnd.mesh.v2+json", ...headers },
      body,
    });
    if (!answer.ok) throw new Error(`MESH answered ${answer.status}`);
    return answer;
  }

  return {
    async send(to, workflowId, body) {
      const headers = { "mex-to": to, "mex-workflowid": workflowId, "content-type": "application/octet-stream" };
      const answer = await ask("POST", "/outbox", { headers, body });
      return (await answer.json()).message_id;
    },

    /** Hands over each message, and acknowledges it once it was taken. One that cannot be had is for the next time. */
    async collect(take) {
      const { messages } = await (await ask("GET", "/inbox")).json();
      for (const messageId of messages) {
        try {
          const answer = await ask("GET", `/inbox/${messageId}`);
          await take({ messageId, type: answer.headers.get("mex-messagetype"), text: await answer.text() });
          await ask("PUT", `/inbox/${messageId}/status/acknowledged`);
        } catch (error) {
          console.warn(`${messageId}: ${error.message}`);
        }
      }
    },
  };
}
