import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const nhsuk = fileURLToPath(new URL("dist/nhsuk/", import.meta.resolve("nhsuk-frontend/package.json")));
const packages = fileURLToPath(new URL("../../", import.meta.url));

interface Option {
  readonly name: string;
  readonly deprecated?: string;
  readonly params?: readonly Option[];
}

test("no page uses a parameter of the design system that its installed version calls deprecated", () => {
  const deprecated = new Map(
    globSync("components/*/macro-options.json", { cwd: nhsuk }).map((file) => [
      file.split("/")[1] ?? "",
      namesIn(JSON.parse(readFileSync(nhsuk + file, "utf8")) as Option[]),
    ]),
  );
  // Their labels and legends are given as parameters of theirs.
  const ofFields = [...(deprecated.get("label") ?? []), ...(deprecated.get("legend") ?? [])];
  assert.ok(ofFields.includes("isPageHeading") && deprecated.get("details")?.includes("summaryText"));
  const used: string[] = [];
  let calls = 0;
  for (const file of globSync("{web,worklist}/src/views/**/*.njk", { cwd: packages })) {
    const text = readFileSync(packages + file, "utf8");
    for (const [, component = "", macro = ""] of text.matchAll(
      /nhsuk\/components\/([\w-]+)\/macro\.njk" import (?:\w+ as )?(\w+)/g,
    )) {
      const names = [...(deprecated.get(component) ?? []), ...ofFields];
      for (const call of callsOf(text, macro)) {
        calls += 1;
        used.push(
          ...names.filter((name) => new RegExp(`\\b${name}:`).test(call)).map((name) => `${file}: ${macro} ${name}`),
        );
      }
    }
  }
  assert.ok(calls > 80, String(calls));
  assert.deepEqual(used, []);
});

test("no page and no style of ours uses a class that the design system's own styles call deprecated", () => {
  const classes = globSync("components/*/_index.scss", { cwd: nhsuk }).flatMap((file) => {
    const text = readFileSync(nhsuk + file, "utf8");
    return [...text.matchAll(/\/\/ @?deprecated[^\n]*\n((?:[^{};]*))\{/gi)].flatMap(([, selectors = ""]) =>
      [...selectors.matchAll(/\.(nhsuk-[\w-]+)/g)].map(([, name = ""]) => name),
    );
  });
  assert.ok(classes.includes("nhsuk-table-responsive") && classes.length > 15);
  for (const file of globSync("{web,worklist}/src/{views,assets}/**/*.{njk,css,js}", { cwd: packages })) {
    const words = new Set(readFileSync(packages + file, "utf8").match(/nhsuk-[\w-]+/g) ?? []);
    assert.deepEqual(
      classes.filter((name) => words.has(name)),
      [],
      file,
    );
  }
});

test("of the design system's scripts only what starts all of them is used", () => {
  const script = readFileSync(`${packages}web/src/assets/site.js`, "utf8");
  assert.deepEqual(
    [...script.matchAll(/import \{([^}]*)\} from "[^"]*nhsuk/g)].map(([, names = ""]) => names.trim()),
    ["initAll"],
  );
});

function namesIn(options: readonly Option[]): string[] {
  return options.flatMap(({ name, deprecated, params = [] }) => [
    ...(deprecated === undefined ? [] : [name]),
    ...namesIn(params),
  ]);
}

/** Each call of a macro, to the bracket that closes it; brackets in what it says are passed over. */
function callsOf(text: string, macro: string): string[] {
  return [...text.matchAll(new RegExp(`\\b${macro}\\(`, "g"))].map(({ index, 0: begin }) => {
    let depth = 0;
    let quote = "";
    for (let at = index + begin.length - 1; at < text.length; at += 1) {
      const letter = text[at] ?? "";
      if (quote !== "") {
        if (letter === quote) quote = "";
      } else if (letter === '"' || letter === "'") quote = letter;
      else if (letter === "(") depth += 1;
      else if (letter === ")" && (depth -= 1) === 0) return text.slice(index, at);
    }
    return text.slice(index);
  });
}
