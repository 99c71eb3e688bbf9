import assert from "node:assert/strict";
import { test } from "node:test";
import { createTemplates } from "../src/templates.ts";

const hostile = `<script>alert("x")</script>'"&{{7*7}}`;

test("a table is what the design system's own macro makes of it, and its texts are escaped", () => {
  const render = createTemplates({ views: new URL("views/", import.meta.url), globals: {}, filters: {} });
  const shown = {
    caption: `All: ${hostile}`,
    head: ["What & <why>", "From"],
    rows: [
      [{ html: "<a href='/1'><strong>One</strong></a>" }, { text: hostile }],
      [{ html: "<em>Two</em>" }, { text: "Y99001" }],
      [{ html: "" }, { text: "" }],
    ],
  };
  const ours = render("tables", shown);
  assert.equal(meaningOf(ours), meaningOf(render("tables", { ...shown, design: true })));
  assert.ok(!ours.includes("<script>"));
  assert.equal(ours.match(/<td /g)?.length, 6);
});

/** Without the space that a browser passes over in a table. */
function meaningOf(html: string): string {
  return html.replaceAll(/\s+/g, " ").replaceAll(/ ?(<\/?(?:table|caption|thead|tbody|tr|th|td)\b[^>]*>) ?/g, "$1");
}
