import assert from "node:assert/strict";
import { test } from "node:test";
import { narrativeLines } from "@restante/itk3";

const div = (inside: string): string => `<div xmlns="http://www.w3.org/1999/xhtml">${inside}</div>`;
const said = (inside: string) =>
  narrativeLines(div(inside)).lines.map(({ kind, texts }) => `${kind}: ${texts.join(" / ")}`);

test("a narrative is read line by line, in its order, with no word glued to the next and none lost", () => {
  assert.deepEqual(
    said(
      `begins <h2>Medicines</h2><p>Take <b>10</b> <i>mg</i>\n<i>daily</i></p>between<ul><li>One</li><li>Two <p>more</p></li></ul>
       <dl><dt>Term</dt><dd>what it is</dd></dl>one<br/>two <img src="#x" alt="A graph"/> ends`,
    ),
    [
      "text: begins",
      "heading: Medicines",
      "text: Take 10 mg daily",
      "text: between",
      "item: One",
      "item: Two",
      "item: more",
      "heading: Term",
      "text: what it is",
      "text: one",
      "text: two [Picture: A graph] ends",
    ],
  );
});

test("the cells of a row stand together, an empty one too, so that each is below its heading", () => {
  assert.deepEqual(
    said(
      `<table><caption>All</caption><thead><tr><th>Drug</th><th>Dose</th><th>Since</th></tr></thead>
       <tbody><tr><td>Aspirin<br/>tablets</td><td></td><td><p>2001</p></td></tr>
       <tr><td><table><tr><td>within</td><td>it</td></tr></table></td><td>x</td><td/></tr><tr><td> </td></tr></tbody></table>after`,
    ),
    [
      "heading: All",
      "row-heading: Drug / Dose / Since",
      "row: Aspirin tablets /  / 2001",
      "row: within it / x / ",
      "text: after",
    ],
  );
});

test("where a cell spans others its table is read as lines, so that none stands below a heading that is not its own", () => {
  const table = (cell: string) =>
    said(`<table><tr><th>Drug</th><th>Dose</th></tr><tr>${cell}<td>75 mg</td></tr><tr><td>150 mg</td></tr></table>`);
  assert.deepEqual(table('<td rowspan="2">Aspirin</td>'), [
    "text: Drug | Dose",
    "text: Aspirin | 75 mg",
    "text: 150 mg",
  ]);
  assert.deepEqual(table('<td rowspan="1">Aspirin</td>')[1], "row: Aspirin / 75 mg");
});

test("what looks like markup in a text is text, and a narrative that is none says nothing", () => {
  assert.deepEqual(said("&lt;script&gt;alert(1)&lt;/script&gt;<!-- a comment --><![CDATA[<b>]]>"), [
    "text: <script>alert(1)</script><b>",
  ]);
  assert.deepEqual(narrativeLines("<div>not well-formed").lines, []);
  assert.deepEqual(narrativeLines(undefined).lines, []);
});

test("of a narrative that is longer than is asked for the beginning is read, and that is said", () => {
  const lines = narrativeLines(div("<p>12345</p>".repeat(10)), 22);
  assert.deepEqual([lines.lines.length, lines.cutOff], [4, true]);
  assert.equal(narrativeLines(div("<p>12345</p>".repeat(4)), 20).cutOff, undefined);
});
