// What is in the server, newest first, and one message whole.

import { post } from "./api.js";
import { button, bytes, element, table, time } from "./elements.js";

export function createMessages(place, tell) {
  const filters = ["mailbox", "from", "workflowId", "type", "state"].map((name) => {
    const id = `filter-${name}`;
    return { name, input: element("input", { id, autocomplete: "off", spellcheck: "false", size: 14 }) };
  });
  const list = element("div", { "aria-live": "polite" });
  const more = element("p", {});
  const whole = element("div", { id: "message", tabindex: "-1" });
  place.replaceChildren(
    element("h2", { id: "messages-heading" }, "Messages"),
    element(
      "form",
      {
        className: "line",
        onsubmit(event) {
          event.preventDefault();
          return tell.done(refresh());
        },
      },
      ...filters.flatMap(({ name, input }) => [element("label", { for: input.id }, name), input]),
      element("button", {}, "Filter"),
    ),
    list,
    more,
    whole,
  );

  function filter() {
    const filled = filters.map(({ name, input }) => [name, input.value.trim()]).filter(([, value]) => value !== "");
    return Object.fromEntries(filled);
  }

  async function refresh() {
    const { messages, next } = await post("/v1/messages/list", { ...filter(), limit: 50 });
    list.replaceChildren(
      table(
        "Messages, newest first",
        [
          ["Message", ({ messageId }) => button(messageId, () => tell.done(show(messageId)), { className: "link" })],
          ["Type", ({ type }) => type],
          ["State", ({ state, status }) => (status === undefined ? state : `${state}, ${status.code}`)],
          ["From", ({ from }) => from],
          ["Mailbox", ({ mailbox }) => mailbox],
          ["Workflow", ({ workflowId }) => workflowId],
          ["Size", (message) => bytes(message.bytes), "number"],
          ["Created", ({ createdAt }) => time(createdAt)],
        ],
        messages,
        Object.keys(filter()).length === 0 ? "No message yet." : "No message fits.",
      ),
    );
    more.textContent = next === undefined ? "" : "There are more: say more about what you look for.";
  }

  async function show(messageId) {
    const message = await post("/v1/messages/peek", { messageId, bytes: 100_000 });
    const { headers, text, body, isWhole, ...summary } = message;
    whole.replaceChildren(
      element("h3", {}, `Message ${messageId}`),
      button("Close", () => whole.replaceChildren()),
      pairs("As it stands", summary),
      pairs("Headers of its download", headers),
      element("h4", {}, isWhole ? "Body" : "Body, its first 100 kB"),
      element("pre", { tabindex: "0", "aria-label": "Body" }, text ?? (body === "" ? "(empty)" : `base64: ${body}`)),
    );
    whole.focus();
  }

  return refresh;
}

function pairs(heading, values) {
  const rows = Object.entries(values).map(([name, value]) => ({ name, value }));
  return element(
    "div",
    {},
    element("h4", {}, heading),
    table(
      heading,
      [
        ["Name", ({ name }) => name],
        ["Value", ({ value }) => (typeof value === "object" ? JSON.stringify(value) : String(value))],
      ],
      rows,
      "Nothing.",
    ),
  );
}
