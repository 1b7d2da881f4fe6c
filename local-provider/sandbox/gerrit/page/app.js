// The page: which list or change its address means, who the visitor is, and news as they happen.
import { get, me, setMe } from "./api.js";
import { page } from "./change.js";
import { ask } from "./dialog.js";
import { byId, el, toast } from "./dom.js";
import { list } from "./list.js";

const here = () => decodeURIComponent(location.pathname);
const numberOf = () => Number(here().match(/^\/c\/.+\/\+\/(\d+)/)?.[1] ?? 0);
const queryOf = () => here().match(/^\/q\/(.+)/)?.[1].replaceAll("+", " ") ?? "status:open";

// show draws what the address means. Of several that are under way, the last one counts.
let drawing = 0;
async function show() {
  const turn = ++drawing;
  const number = numberOf();
  byId("query").value = number ? "" : queryOf();
  let node;
  try {
    node = await (number ? page(number) : list(queryOf()));
  } catch (error) {
    node = el("p", { class: "empty" }, error.message);
  }
  if (turn !== drawing) return;
  const typing = document.activeElement; // what is kept loses the focus when it is moved
  byId("main").replaceChildren(node);
  if (typing?.isConnected && typing !== document.body) typing.focus();
}

function go(path) {
  if (path !== location.pathname) history.pushState(null, "", path);
  scrollTo(0, 0);
  return show();
}

// listen draws again whenever something happened.
async function listen() {
  for (let after = (await get("status")).events; ;) {
    try {
      const { events } = await get("await", { after: String(after) });
      if (events !== after) await show();
      after = events;
    } catch {
      await new Promise((resolve) => { setTimeout(resolve, 2000); });
    }
  }
}

async function start() {
  const { people, projects } = await get("people");
  window.people = people;
  if (!people.some((p) => p.username === me())) setMe("ann");
  byId("me").append(...people.map((p) => el("option", { value: p.username, selected: p.username === me() }, p.username)));
  byId("me").addEventListener("change", () => { setMe(byId("me").value); show(); });
  byId("new").addEventListener("click", () => ask.change(projects, ({ number }) => go(`/c/-/+/${number}`)));
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    go(`/q/${encodeURIComponent(byId("query").value.trim() || "status:open")}`);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href^='/']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(link.getAttribute("href"));
  });
  addEventListener("popstate", show);
  await show();
  listen();
}

start().catch((error) => toast(error.message));
