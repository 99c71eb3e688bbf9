import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Browser } from "playwright-core";
import { readJsonResource } from "../../src/json/read-resource.ts";
import type { ReadResource } from "../../src/read/read-resource.ts";
import { elementModels } from "../../src/xml/narrative-model.ts";
import { readXmlResource } from "../../src/xml/read-resource.ts";
import { openBrowser } from "../../../web/test/browser.ts";

const opened = '<div xmlns="http://www.w3.org/1999/xhtml">';
const picture = `<img src=x onerror="ran.push('narrative')">`;

function divOf({ resource }: ReadResource): string | undefined {
  return resource?.resourceType === "Patient" ? resource.text?.div : undefined;
}

/** What leaves the reader of a narrative, in XML and in JSON. */
function narrativesOf(inside: string): readonly string[] {
  const div = `${opened}${inside}</div>`;
  const xml = `<Patient xmlns="http://hl7.org/fhir"><text><status value="generated"/>${div}</text></Patient>`;
  const json = { resourceType: "Patient", text: { status: "generated", div } };
  return [readXmlResource(xml), readJsonResource(JSON.stringify(json))].flatMap((read) => divOf(read) ?? []);
}

interface Shown {
  /** What ran: "last" is ours, in a picture behind the others. */
  ran: string[];
  /** Of each, in the page's own text, and put there by a script. */
  texts: string[];
  elements: string[];
}

/** Gives HTML to a browser, in the text of a page and as innerHTML, and waits for what it would fetch. */
async function show(browser: Browser, pieces: readonly string[]): Promise<Shown> {
  const page = await browser.newPage();
  try {
    const held = pieces.map((piece) => `<section>${piece}</section>`).join("\n");
    await page.setContent(`<!doctype html><script>var ran = [];</script><main>${held}</main>`);
    return await page.evaluate<Shown>(`(async () => {
      const others = ${JSON.stringify(pieces).replaceAll("<", "\\u003c")}.map((piece) => {
        const section = document.createElement("section");
        section.innerHTML = piece;
        document.body.append(section);
        return section;
      });
      await new Promise((resolve) => {
        const last = new Image();
        last.onerror = () => { ran.push("last"); setTimeout(resolve, 0); };
        last.src = "x:last";
      });
      const sections = [...document.querySelectorAll("section")];
      return {
        ran,
        texts: sections.map((one) => one.textContent),
        elements: [...new Set(sections.flatMap((one) => [...one.querySelectorAll("*")].map((it) => it.localName)))],
      };
    })()`);
  } finally {
    await page.close();
  }
}

/** XML that says nothing of a picture, in which an HTML parser finds one. */
const tricks: readonly (readonly [what: string, inside: string])[] = [
  ["a CDATA section", `a<![CDATA[> ${picture}]]>`],
  ["a CDATA section that begins with a tag", `a<![CDATA[<b>${picture}</b>]]>`],
  ["a processing instruction", `a<?x > ${picture}?>`],
  ["a processing instruction for PHP", `a<?php echo 1 > 0; ${picture} ?>`],
  ["a comment that HTML ends at once", `a<!-->${picture}-->`],
  ["a comment that HTML ends after a hyphen", `a<!--->${picture}-->`],
  ["a comment that HTML ends at an exclamation mark", `a<!-- --!>${picture}-->`],
  ["a section within a comment", `a<!-- <![CDATA[ -->${picture}<!-- ]]> -->`],
  ["a section in which an instruction seems to end", `a<![CDATA[ ?> ${picture}]]>`],
];

/** What XML and HTML read alike, though it looks as if they did not. */
const plain: readonly (readonly [what: string, inside: string])[] = [
  ["tags by references", "a&lt;img src=x onerror=\"ran.push('narrative')\"&gt;&#60;b>"],
  ["a tag in a value", `a<span title="--&gt;&lt;/span&gt;&lt;img src=x onerror='ran.push(1)'&gt;">b</span>`],
  ["a section that is begun in a comment", "a<!-- <![CDATA[ -->b<!-- <?x -->"],
];

test("in a real browser", async (t) => {
  const browser = await openBrowser(t);
  if (browser === undefined) return;

  for (const [what, inside] of tricks) {
    await t.test(`${what} that an HTML parser takes for a picture runs nothing once it was read`, async () => {
      const unread = await show(browser, [`${opened}${inside}</div>`]);
      assert.ok(unread.ran.includes("narrative"), "it would run");
      const { ran, elements } = await show(browser, narrativesOf(inside));
      assert.deepEqual(ran, ["last"]);
      assert.ok(!elements.includes("img"));
    });
  }

  for (const [what, inside] of plain) {
    await t.test(`${what} is kept, and runs nothing`, async () => {
      const kept = narrativesOf(inside);
      assert.equal(kept.length, 2);
      const { ran, elements } = await show(browser, kept);
      assert.deepEqual(ran, ["last"]);
      assert.ok(!elements.includes("img"));
    });
  }

  await t.test("all text is shown of a narrative that holds any element within any other", async () => {
    const names = [...elementModels.keys()];
    const pairs = names.flatMap((one) => names.map((other) => `1<${one}>2<${other}>3</${other}>4</${one}>5`));
    const kept = pairs.flatMap((pair) => narrativesOf(pair));
    assert.equal(kept.length, 2 * pairs.length);
    assert.deepEqual(await unlikeText(browser, [...new Set(kept)]), []);
  });

  await t.test("all text is shown of any narrative whose elements do not stand where XHTML has them", async () => {
    const anyName = fc.constantFrom(...elementModels.keys(), "table", "tr", "td", "p", "a", "ul", "table", "tr");
    const { node } = fc.letrec<{ node: string; text: string }>((tie) => ({
      text: fc.constantFrom("1", "2", "3", " ", "4 5"),
      node: fc
        .tuple(anyName, fc.array(fc.oneof({ depthSize: "large" }, tie("text"), tie("node")), { maxLength: 4 }))
        .map(([name, inside]) => `<${name}>${inside.join("")}</${name}>`),
    }));
    const kept = fc.sample(node, { numRuns: 3000, seed: 1 }).flatMap((one) => narrativesOf(`0${one}`));
    assert.ok(kept.length > 4000, String(kept.length));
    assert.deepEqual(await unlikeText(browser, [...new Set(kept)]), []);
  });

  await t.test("any narrative that is kept says there what XML says, and no more", async () => {
    const marks = [
      "<![CDATA[",
      "]]>",
      "<?x ",
      "?>",
      "<!--",
      "-->",
      "<b>",
      "</b>",
      "&lt;",
      "&gt;",
      "&amp;",
      "<br/>",
      "--!>",
    ];
    const others = [picture, `<![CDATA[${picture}]]>`, `<?x ${picture}?>`, ..."]>&<![?-! a".split(""), "Ł", "🚑"];
    const anyInside = fc.array(fc.constantFrom(...marks, ...others), { minLength: 2, maxLength: 12 });
    const kept = fc
      .sample(anyInside, { numRuns: 10_000, seed: 1 })
      .flatMap((some) => narrativesOf(`a${some.join("")}`));
    const odd = [...new Set(kept)].filter((div) => /[<>&].*[<>&]/.test(div.slice(opened.length, -6)));
    assert.ok(odd.length > 200, String(odd.length));
    const { ran, texts, elements } = await show(browser, odd);
    assert.deepEqual(ran, ["last"]);
    assert.deepEqual(new Set(elements), new Set(["div", "b", "br"]));
    assert.deepEqual(texts, [...odd, ...odd].map(xmlText));
  });
});

/** The narratives of which a browser shows other text than XML says; not in which order: it takes text out of tables. */
async function unlikeText(browser: Browser, divs: readonly string[]): Promise<string[]> {
  const { ran, texts } = await show(browser, divs);
  assert.deepEqual(ran, ["last"]);
  assert.equal(texts.length, 2 * divs.length);
  const sorted = (text: string): string => text.replaceAll(/\s/g, "").split("").toSorted().join("");
  return [...divs, ...divs].filter((div, at) => sorted(texts[at] ?? "") !== sorted(xmlText(div)));
}

const references: Readonly<Record<string, string>> = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

/** Of a narrative without sections and instructions. */
function xmlText(div: string): string {
  return div.replace(/<!--[^]*?-->|<[^>]*>/g, "").replace(/&\w+;/g, (one) => references[one] ?? one);
}
