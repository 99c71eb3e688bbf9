import { description, follow, forgetToken, post, Refused, useToken } from "./api.js";
import { createHappenings } from "./happenings.js";
import { createMessages } from "./messages.js";
import { createOverview } from "./overview.js";
import { createVerbs } from "./verbs.js";

const REFRESH_MS = 250;
const AGAIN_MS = 2000;

const at = (id) => document.getElementById(id);
const problem = at("problem");

at("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  useToken(at("token").value.trim());
  void begin();
});
void begin();

async function begin() {
  try {
    await post("/v1/clock/read");
  } catch (error) {
    return askForToken(error);
  }
  at("sign-in").hidden = true;
  at("server").hidden = false;
  const refreshers = [];
  const tell = {
    /** Whatever was done, the page shows how things are after it. */
    async done(doing) {
      problem.textContent = "";
      try {
        await doing;
      } catch (error) {
        problem.textContent = error instanceof Refused ? error.message : String(error);
      }
      await tell.refresh();
    },
    refresh: () => Promise.all(refreshers.map((refresh) => refresh())).catch((error) => lost(error)),
  };
  refreshers.push(createOverview(at("overview"), tell), createMessages(at("messages"), tell));
  createVerbs(at("verbs"), await description(), tell);
  await tell.refresh();
  await watch(tell);
}

function askForToken(error) {
  const isRefused = error instanceof Refused && error.code === "not-allowed";
  const hadToken = at("token").value !== "";
  at("server").hidden = true;
  at("sign-in").hidden = false;
  at("token-problem").textContent = isRefused ? (hadToken ? "That is not this server's token." : "") : error.message;
  if (isRefused) forgetToken();
  at("token").focus();
}

/** The page is right as long as events come; when they stop it says so, and asks again. */
async function watch(tell) {
  const happenings = createHappenings(at("happenings"));
  let due;
  for (;;) {
    happenings.say("Up to date.");
    try {
      await follow((event) => {
        happenings.add(event);
        clearTimeout(due);
        due = setTimeout(() => tell.refresh(), REFRESH_MS);
      });
    } catch (error) {
      lost(error);
    }
    happenings.say("The server does not answer. This page shows what was, and asks again every 2 seconds.");
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    await tell.refresh();
  }
}

function lost(error) {
  if (error instanceof Refused && error.code === "not-allowed") askForToken(error);
}
