// The strip at the head: the clock, the mailboxes, the faults that stand and the snapshots, each with what is done most.

import { post } from "./api.js";
import { button, bytes, element, table, time } from "./elements.js";

export function createOverview(place, tell) {
  const act = (path, input) => () => tell.done(post(path, input));
  const by = element("input", {
    id: "advance-by",
    value: "5d",
    size: 6,
    autocomplete: "off",
    "aria-describedby": "advance-hint",
  });
  const name = element("input", { id: "snapshot-name", value: "before", size: 10, autocomplete: "off" });
  const clock = element("div", {});
  const mailboxes = element("div", {});
  const faults = element("div", {});
  const snapshots = element("div", {});
  place.replaceChildren(
    card(
      "Clock",
      clock,
      element(
        "form",
        { className: "line", onsubmit: submit(() => tell.done(post("/v1/clock/advance", { by: by.value }))) },
        element("label", { for: by.id }, "Move it on by"),
        by,
        element("button", {}, "Advance"),
        element("span", { id: "advance-hint", className: "hint" }, "such as 90s, 2h or 5d"),
      ),
    ),
    card("Mailboxes", mailboxes),
    card("Faults that stand", faults),
    card(
      "Snapshots",
      snapshots,
      element(
        "form",
        { className: "line", onsubmit: submit(() => tell.done(post("/v1/snapshots/save", { name: name.value }))) },
        element("label", { for: name.id }, "Name"),
        name,
        element("button", {}, "Save"),
        button("Reset the server", () => {
          if (confirm("Remove every message? Mailboxes and faults stay.")) return tell.done(post("/v1/reset"));
        }),
      ),
    ),
  );

  return async function refresh() {
    const [now, boxes, standing, saved] = await Promise.all(
      ["clock/read", "mailboxes/list", "faults/list", "snapshots/list"].map((path) => post(`/v1/${path}`)),
    );
    clock.replaceChildren(
      element("p", { className: "figure" }, time(now.now)),
      element(
        "p",
        { className: "quiet" },
        isAhead(now.ahead) ? `${now.ahead} ahead of the real one` : "as the real one",
      ),
    );
    mailboxes.replaceChildren(
      table(
        "Mailboxes",
        [
          ["Mailbox", ({ mailbox, name: words }) => element("span", { title: words }, mailbox)],
          ["Waiting", ({ waiting }) => String(waiting.messages), "number"],
          ["Size", ({ waiting }) => bytes(waiting.bytes), "number"],
          ["Closed", ({ closed }) => closed?.reason],
        ],
        boxes.mailboxes,
        "No mailbox.",
      ),
    );
    faults.replaceChildren(
      table(
        "Faults that stand",
        [
          ["Where", ({ at, mailbox }) => (mailbox === undefined ? at : `${at}, ${mailbox}`)],
          ["What", (fault) => describeFault(fault)],
          ["Done", ({ done, times }) => (times === undefined ? `${done}` : `${done} of ${times}`), "number"],
          [
            "End it",
            ({ faultId }) =>
              button("Clear", act("/v1/faults/clear", { faultId }), { "aria-label": `Clear fault ${faultId}` }),
          ],
        ],
        standing.faults,
        "None: every request is answered as it should be.",
      ),
    );
    snapshots.replaceChildren(
      table(
        "Snapshots",
        [
          ["Name", (snapshot) => snapshot.name],
          ["Saved", ({ savedAt }) => time(savedAt)],
          ["Messages", ({ messages }) => String(messages), "number"],
          [
            "Go back",
            (snapshot) =>
              button("Restore", act("/v1/snapshots/restore", { name: snapshot.name }), {
                "aria-label": `Restore ${snapshot.name}`,
              }),
          ],
        ],
        saved.snapshots,
        "None yet.",
      ),
    );
  };
}

function card(heading, ...children) {
  return element("section", { className: "card" }, element("h2", {}, heading), ...children);
}

function submit(act) {
  return (event) => {
    event.preventDefault();
    return act();
  };
}

function isAhead(ahead) {
  return !/^0[a-z]*$/.test(ahead);
}

function describeFault(fault) {
  const { faultId: _id, at: _at, mailbox: _mailbox, times: _times, done: _done, do: word, ...rest } = fault;
  const more = Object.entries(rest).map(([key, value]) => `${key} ${value}`);
  return [word, ...more].join(", ");
}
