import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { writeJson } from "../../src/json/write-resource.ts";
import { readJsonResource } from "../../src/json/read-resource.ts";
import type { ReadResource } from "../../src/read/read-resource.ts";
import { writeXml } from "../../src/xml/write-resource.ts";
import { readXmlResource } from "../../src/xml/read-resource.ts";

const xmlns = 'xmlns="http://www.w3.org/1999/xhtml"';

function fromXml(div: string): ReadResource {
  return readXmlResource(
    `<Patient xmlns="http://hl7.org/fhir"><text><status value="generated"/>${div}</text><active value="true"/></Patient>`,
  );
}

function fromJson(div: string): ReadResource {
  return readJsonResource(
    JSON.stringify({ resourceType: "Patient", text: { status: "generated", div }, active: true }),
  );
}

/** What became of a narrative: "kept" as it is, "left out" with an issue, or why the whole message was refused. */
function fateOf({ resource, issues, refused }: ReadResource, div: string): string {
  if (refused !== undefined) return refused.code;
  assert.ok(resource?.resourceType === "Patient");
  assert.equal(resource.active, true);
  if (resource.text?.div === undefined) {
    assert.ok(issues.some(({ code, location }) => code === "narrative" && location === "Patient.text.div"));
    return "left out";
  }
  assert.equal(resource.text.div, div);
  assert.deepEqual(issues, []);
  return "kept";
}

const image = '<img src="#x" alt="x"/>';

const narratives: readonly (readonly [what: string, fate: string, div: string])[] = [
  ["formatting", "kept", `<div ${xmlns}><p class="x">A &amp; <b>B</b></p><hr/></div>`],
  ["a picture and nothing else", "kept", `<div ${xmlns}>${image}</div>`],
  ["a plain comment", "kept", `<div ${xmlns}>a<!-- kept - as it is --></div>`],
  ["a comment that HTML ends at once", "left out", `<div ${xmlns}><!--><img src=x onerror=alert(1)>-->a</div>`],
  ["a comment that HTML ends after a hyphen", "left out", `<div ${xmlns}><!---><img src=x onerror=alert(1)>-->a</div>`],
  ["a comment that holds a tag", "left out", `<div ${xmlns}><!--a<img src=x onerror=alert(1)>-->a</div>`],
  ["spaces in a CDATA section", "left out", `<div ${xmlns}> <![CDATA[ ]]><?a b?></div>`],
  ["nothing", "left out", `<div ${xmlns}/>`],
  ["spaces", "left out", `<div ${xmlns}> \n<p> </p></div>`],
  ["a space that does not break", "left out", `<div ${xmlns}>&#160;</div>`],
  ["an element of another namespace", "left out", `<div ${xmlns}><p xmlns="urn:x">a</p></div>`],
  ["a prefix", "left out", `<div ${xmlns} xmlns:x="http://www.w3.org/1999/xhtml"><x:p>a</x:p></div>`],
  ["a script", "active-content", `<div ${xmlns}><script>x</script>a</div>`],
  [
    "a script by a prefix",
    "active-content",
    `<div ${xmlns}><x:script xmlns:x="http://www.w3.org/1999/xhtml">x</x:script>a</div>`,
  ],
  ["a script of another namespace", "active-content", `<div ${xmlns}><script xmlns="urn:x">x</script>a</div>`],
  [
    "an event in an element that FHIR does not allow",
    "active-content",
    `<div ${xmlns}><font onclick="x">a</font></div>`,
  ],
  ["an event behind an unknown attribute", "active-content", `<div ${xmlns}><p x="y" onclick="x">a</p></div>`],
  ["an address of a script in capitals", "active-content", `<div ${xmlns}><a HREF="javascript:x">a</a></div>`],
];

for (const [what, fate, div] of narratives) {
  test(`a narrative of ${what} in XML and in JSON: ${fate}`, () => {
    assert.equal(fateOf(fromXml(div), div), fate);
    assert.equal(fateOf(fromJson(div), div), fate);
  });
}

const attributes: readonly (readonly [fate: string, tag: string])[] = [
  ["kept", "<p style=\"color: #333; font: italic 12px/1.5 'Gill Sans', serif !important; text-align:center;\">"],
  ["kept", '<p style="MARGIN : 0 auto -1px">'],
  ["kept", '<p style="">'],
  ["left out", '<p style="position:fixed">'],
  ["left out", '<p style="display:none">'],
  ["left out", '<p style="color: rgb(1, 2, 3)">'],
  ["left out", '<p style="color">'],
  ["left out", "<p style=\"font-family:'a;position:fixed'\">"],
  ["active-content", '<p style="background:url(http://x)">'],
  ["active-content", '<p style="background:u&#x72;l (x)">'],
  ["active-content", "<p style=\"background:image-set('https://x' 1x)\">"],
  ["active-content", "<p style=\"background:src('https://x')\">"],
  ["active-content", '<p style="wid/**/th:expr/**/ession(1)">'],
  ["active-content", '<p style="col\\6fr:red">'],
  ["active-content", '<p style="@import x">'],
  ["active-content", '<p style="-moz-binding:x">'],
  ["kept", '<p><img src="#picture" alt="x"/>'],
  ["kept", '<p><img src="data:image/png;base64,AAAA" alt="x"/>'],
  ["active-content", '<p><img src="https://example.org/x.png" alt="x"/>'],
  ["active-content", '<p><img src="x.png" alt="x"/>'],
  ["active-content", '<p><img src="data:image/svg+xml,x" alt="x"/>'],
  ["active-content", '<p><img src="data:image/SVG+xml;base64,AAAA" alt="x"/>'],
  ["active-content", '<p><img src="data:image/x-wmf;base64,AAAA" alt="x"/>'],
  ["active-content", '<p><img src="data:text/html,x" alt="x"/>'],
  ["active-content", '<p><img src="data:,x" alt="x"/>'],
  ["active-content", '<p><img src="data:image/webp" alt="x"/>'],
  ["active-content", '<p><img src=" data:image/webp,x" alt="x"/>'],
  ["active-content", '<p><img src="data:image/webp,x" alt="x" onload="x"/>'],
  ["active-content", '<p><a href="data:image/svg+xml,x">x</a>'],
  ["kept", '<p><a href="data:image/webp;base64,AAAA">x</a>'],
  ["left out", '<p><img src="data:image/webp;base64,AAAA" alt="x" x="y"/>'],
  ["left out", '<p><img x="y" src="data:image/webp;base64,AAAA" alt="x"/>'],
  ["kept", '<p><a href="https://example.org/a:b?c#d">x</a>'],
  ["kept", '<p><a href="a/b:c">x</a>'],
  ["kept", '<p><a href="mailto:a@example.org">x</a>'],
  ["active-content", '<p><a href="java&#10;script:x">x</a>'],
  ["active-content", '<p><a href="file:///x">x</a>'],
  ["active-content", '<p><a href="\\\\host\\x">x</a>'],
  ["active-content", '<p><a href="/\\host/x">x</a>'],
  ["active-content", '<p><a href="//host/x">x</a>'],
];

for (const [fate, tag] of attributes) {
  test(`a narrative with ${tag}: ${fate}`, () => {
    const div = `<div ${xmlns}>${tag}a</p></div>`;
    assert.equal(fateOf(fromXml(div), div), fate);
    assert.equal(fateOf(fromJson(div), div), fate);
  });
}

test("a style or address of 4 MB is looked at in time", { timeout: 5000 }, async () => {
  for (const [fate, long] of [
    ["kept", `<p style="${"color:red;".repeat(400_000)}">`],
    ["left out", `<p style="color:${" ".repeat(4_000_000)}\u00a0">`],
    ["left out", `<p style="${"rgb".repeat(1_400_000)}">`],
    ["kept", `<p><a href="${" ".repeat(2_000_000)}${"x".repeat(2_000_000)}">x</a>`],
  ] as const) {
    const div = `<div ${xmlns}>${long}a</p></div>`;
    assert.equal(fateOf(fromXml(div), div), fate);
  }
  // The timeout of a test that never waits is never noticed.
  await setTimeout(0);
});

for (const [what, ids] of [
  ["a letter first", 'id="a"'],
  ["an underline, digits, points and hyphens", 'id="_1.a-b"'],
  ["letters of any script", 'id="\u017c\u00f3\u0142w"'],
  ["spaces around it", 'id=" a&#10;"'],
] as const) {
  test(`a narrative with an id that is an XML name, ${what}, in XML and in JSON: kept`, () => {
    const div = `<div ${xmlns}><p ${ids}>a</p></div>`;
    assert.equal(fateOf(fromXml(div), div), "kept");
    assert.equal(fateOf(fromJson(div), div), "kept");
  });
}

for (const [what, ids] of [
  ["a space within", 'id="a b"'],
  ["a digit first", 'id="1"'],
  ["a colon", 'id="a:b"'],
  ["a hyphen first", 'id="-a"'],
  ["nothing", 'id=""'],
] as const) {
  test(`a narrative with an id that is no XML name, ${what}, is told once and kept, in XML and in JSON, and written again`, () => {
    const div = `<div ${xmlns} id="x"><p>a</p>\n<p ${ids}>a</p><p ${ids.replace('id="', 'id="?')}>a</p></div>`;
    const xml = fromXml(div);
    const json = fromJson(div);
    const place = { severity: "error", code: "bad-value", location: "Patient.text.div" };
    const text = "A narrative has an id that is no XML name.";
    assert.deepEqual(xml.issues, [{ ...place, line: 2, column: 1, text }]);
    assert.deepEqual(
      json.issues.map(({ severity, code, location, text: said }) => ({ severity, code, location, text: said })),
      [{ ...place, text }],
    );
    for (const { resource } of [xml, json]) {
      assert.ok(resource?.resourceType === "Patient");
      assert.equal(resource.text?.div, div);
      assert.ok(writeXml(resource).includes(div));
      assert.ok(writeJson(resource).includes(JSON.stringify(div)));
    }
  });
}

for (const type of ["webp", "avif", "BMP", "jpg", "tiff", "x-icon"]) {
  test(`a narrative with a picture of the type ${type} is told once and kept, in XML and in JSON, and written again`, () => {
    const picture = `<img src="data:image/${type};base64,AAAA" alt="x"/>`;
    const div = `<div ${xmlns}>a\n${picture}${picture}</div>`;
    const xml = fromXml(div);
    const json = fromJson(div);
    const told = { severity: "warning", code: "narrative-picture", location: "Patient.text.div" };
    const text = "A narrative holds a picture of a type that not every reader shows: it is no PNG, JPEG or GIF.";
    assert.deepEqual(xml.issues, [{ ...told, line: 2, column: 1, text }]);
    assert.deepEqual(
      json.issues.map(({ severity, code, location, text: said }) => ({ severity, code, location, text: said })),
      [{ ...told, text }],
    );
    for (const { resource } of [xml, json]) {
      assert.ok(resource?.resourceType === "Patient");
      assert.equal(resource.text?.div, div);
      assert.ok(writeXml(resource).includes(div));
      assert.ok(writeJson(resource).includes(JSON.stringify(div)));
    }
  });
}

test("of a narrative with an instruction and a picture of another type both are told, in XML and in JSON", () => {
  const div = `<div ${xmlns}>a<?x y?><img src="data:image/webp;base64,AAAA" alt="x"/></div>`;
  for (const read of [fromXml, fromJson]) {
    const codes = read(div).issues.map(({ code, severity }) => `${severity} ${code}`);
    assert.deepEqual(codes.toSorted(), ["warning narrative-picture", "warning processing-instruction"]);
  }
});

for (const [what, src, reason] of [
  ["a drawing", "data:image/svg+xml;base64,AAAA", /a picture of a type that can act/],
  ["a page", "data:text/html;base64,AAAA", /a picture of a type that can act/],
  ["an address on the web", "https://example.org/x.webp", /a picture that must be fetched/],
] as const) {
  test(`a picture that refuses the message is told by what is wrong with it: ${what}`, () => {
    for (const read of [fromXml, fromJson]) {
      const { refused } = read(`<div ${xmlns}><img src="${src}" alt="x"/></div>`);
      assert.match(refused?.text ?? "", reason);
    }
  });
}

test("of a narrative that is left out, or refuses the message, its ids are not told", () => {
  const left = `<div ${xmlns}><p id="1"/></div>`;
  const acting = `<div ${xmlns}><p id="1">a</p><script>x</script></div>`;
  for (const read of [fromXml, fromJson]) {
    const codes = new Set(read(left).issues.map(({ code }) => code));
    assert.ok(codes.has("narrative") && !codes.has("bad-value"));
    assert.equal(read(acting).refused?.code, "active-content");
  }
});

const whole = `<div ${xmlns}>a</div>`;

const besides: readonly (readonly [what: string, div: string])[] = [
  ["half of a surrogate pair before a tag", `<div ${xmlns}>a\ud800<img src="x" onerror="alert(1)"/></div>`],
  ["an XML declaration before it", `<?xml version="1.0"?>${whole}`],
  ["a byte order mark before it", `\ufeff${whole}`],
  ["a comment before it", `<!--a-->${whole}`],
  ["a comment behind it", `${whole}<!--><img src=x onerror=alert(1)>-->`],
  ["spaces before it", ` ${whole}`],
  ["a line end behind it", `${whole}\n`],
  ["another div behind it", `${whole}${whole}`],
  ["text alone", "a < b"],
  ["nothing at all", ""],
  ["a div without a namespace", "<div>a</div>"],
  ["an id that is no XML name, and spaces behind it", `<div ${xmlns}><p id="1">a</p></div> `],
  ["another element", `<p ${xmlns}>a</p>`],
  ["an element whose name begins like it", `<divan ${xmlns}>a</divan>`],
];

for (const [what, div] of besides) {
  test(`a narrative in JSON with ${what} is left out`, () => {
    assert.equal(fateOf(fromJson(div), div), "left out");
  });
}
