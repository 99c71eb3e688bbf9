// Everything that control can do, by the names it has everywhere, from the description that the server gives of itself.

import { post } from "./api.js";
import { element } from "./elements.js";
import { formOf } from "./forms.js";

export function createVerbs(place, api, tell) {
  const verbs = Object.entries(api.paths).flatMap(([path, { post: operation }]) =>
    operation === undefined ? [] : [{ path, name: operation.operationId, ...operation }],
  );
  const about = element("p", { className: "quiet" });
  const fields = element("div", {});
  const answer = element("pre", { tabindex: "0", "aria-label": "Answer", "aria-live": "polite" });
  const chosen = element(
    "select",
    { id: "verb", onchange: show },
    ...verbs.map(({ name }) => element("option", { value: name }, name)),
  );
  let form;

  function show() {
    const verb = verbs.find(({ name }) => name === chosen.value);
    about.textContent = verb.summary;
    form = formOf(verb.requestBody.content["application/json"].schema);
    fields.replaceChildren(form.element);
    answer.textContent = "";
  }

  async function run(event) {
    event.preventDefault();
    const { path } = verbs.find(({ name }) => name === chosen.value);
    answer.textContent = "…";
    try {
      answer.textContent = JSON.stringify(await post(path, form.read()), undefined, 2);
    } catch (error) {
      answer.textContent = `${error.code}: ${error.message}`;
    }
    await tell.refresh();
  }

  place.replaceChildren(
    element("h2", { id: "verbs-heading" }, "Do"),
    element(
      "form",
      { onsubmit: run },
      element("div", { className: "field" }, element("label", { for: chosen.id }, "Verb"), chosen),
      about,
      fields,
      element("button", {}, "Do it"),
    ),
    answer,
  );
  show();
}
