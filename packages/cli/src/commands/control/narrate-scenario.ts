import type { Scenario, ScenarioError, ScenarioNews, StepPlace } from "@restante/control/scenario";
import type { Terminal } from "../../terminal/terminal.ts";
import { wrap } from "../../terminal/wrap.ts";

/** Tells how a scenario goes. What went wrong in the end is told by whoever catches the error. */
export interface Narrator {
  begin(scenario: Scenario): void;
  readonly tell: (news: ScenarioNews) => void;
  end(how: { tookMs: number } | { error: ScenarioError }): void;
}

/** One line of JSON for each piece of news. */
export function narratorInJson({ print }: Terminal): Narrator {
  const line = (news: object): void => print(JSON.stringify(news));
  return {
    begin: ({ name, summary, variables }) => line({ news: "scenario", name, summary, variables }),
    tell: line,
    end: (how) =>
      line(
        "tookMs" in how
          ? { news: "ended", tookMs: how.tookMs }
          : { news: "ended", code: how.error.code, words: how.error.message },
      ),
  };
}

/** How often a person is shown how long a step has taken. */
const TICK_MS = 1000;

export function narratorInWords({ print, progress, paint, columns }: Terminal): Narrator {
  let words = "";
  let ticking: NodeJS.Timeout | undefined;

  function watch(place: StepPlace): void {
    const begun = performance.now();
    const show = (): void => progress(`  ${place.number}  ${words} ... ${seconds(performance.now() - begun)}`);
    show();
    ticking = setInterval(show, TICK_MS);
    ticking.unref();
  }

  function settle(): void {
    clearInterval(ticking);
    progress("");
  }

  function tell(news: ScenarioNews): void {
    const { place } = news;
    switch (news.news) {
      case "begun":
        ({ words } = news);
        watch(place);
        break;
      case "said":
        settle();
        for (const line of wrap(news.words, `  ${place.number}  `, columns)) print(paint.bold(line));
        break;
      case "repeated":
        settle();
        progress(`  ${place.number}  ${words} ... ${news.done} of ${news.of}`);
        break;
      case "done":
        settle();
        if (place.does !== "say") print(`  ${place.number}  ${words} ${paint.dim(`(${seconds(news.tookMs)})`)}`);
        break;
      case "failed":
        settle();
        print(`  ${place.number}  ${paint.red("FAILED")} ${place.does} ${paint.dim(`(${seconds(news.tookMs)})`)}`);
        break;
      case "passed-over":
        settle();
        break;
    }
  }

  return {
    begin: ({ name, summary }) => print(`${paint.bold(name)}: ${summary}`),
    tell,
    end(how) {
      settle();
      if ("tookMs" in how) print(`${paint.green("Passed")}, in ${seconds(how.tookMs)}.`);
    },
  };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
