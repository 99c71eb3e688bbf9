// What happens in the server, as it happens: the newest first, as many as a person reads.

import { element } from "./elements.js";

const MOST = 100;

export function createHappenings(place) {
  const state = element("p", { className: "quiet", role: "status" }, "");
  const list = element("ol", { className: "happenings", tabindex: "0", "aria-label": "What happens", role: "list" });
  place.replaceChildren(element("h2", { id: "happenings-heading" }, "What happens"), state, list);
  return {
    say(words) {
      state.textContent = words;
    },
    add({ event, at, ...rest }) {
      const words = Object.entries(rest).map(
        ([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`,
      );
      list.prepend(
        element(
          "li",
          {},
          element("time", { datetime: at }, at.slice(11, 19)),
          element("strong", {}, event),
          element("span", {}, words.join(", ")),
        ),
      );
      while (list.children.length > MOST) list.lastElementChild.remove();
    },
  };
}
