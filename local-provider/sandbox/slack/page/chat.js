// The window: who is looking, at which conversation, and what is new in it.
import { byId, el, keep, toast } from "./dom.js";
import { get, post } from "./api.js";
import { blocks } from "./blocks.js";
import { composer } from "./composer.js";
import { message } from "./message.js";
import { modals } from "./modal.js";
import { names } from "./mrkdwn.js";
import { sidebar, seen, start } from "./sidebar.js";

// How often is asked for what is new, in milliseconds: while the page is looked at, and while it is not.
const often = 1000;
const seldom = 10000;

// Where we are stands in the address: #/<person>/<channel>/<thread>. "home" is a channel's place for the App Home.
const where = { person: "ann", channel: start, thread: "", home: false };

function readAddress() {
  const [, person, channel, thread] = location.hash.split("/").map(decodeURIComponent);
  Object.assign(where, { person: person || localStorage.getItem("person") || "ann", home: channel === "home", channel: channel === "home" ? where.channel : channel || where.channel, thread: thread || "" });
}

export function go(change) {
  const next = { ...where, thread: "", home: false, ...change };
  localStorage.setItem("person", next.person);
  location.hash = ["", next.person, next.home ? "home" : next.channel, next.thread].map(encodeURIComponent).join("/").replace(/\/$/, "");
  document.body.classList.remove("menu-open");
  byId("menu").setAttribute("aria-expanded", "false");
}

let client = null;
let place = null;

const compose = composer(() => ({
  person: where.person, channel: place?.id, name: place?.name ?? "", command: client?.command ?? "", shortcuts: client?.shortcuts ?? [], closed: closed(),
}), () => refresh(), "composer");
const composeThread = composer(() => ({
  person: where.person, channel: place?.id, thread: where.thread, name: "the thread", command: client?.command ?? "", shortcuts: [], closed: closed(),
}), () => refresh(), "composer-thread");

function closed() {
  if (place?.archived) return "This channel is archived.";
  if (place && !place.member) return "You have not joined this channel.";
  return "";
}

// refresh asks for everything and shows it. Answers that were overtaken are dropped.
let asked = 0;
let timer;
async function refresh() {
  const mine = (asked += 1);
  clearTimeout(timer);
  try {
    if (where.home && !client) client = await get(`people/${where.person}/client`);
    const now = await get(`people/${where.person}/client`, { channel: where.home ? client.bot.id : where.channel, thread: where.thread });
    if (mine === asked) show(now);
  } catch (error) {
    if (mine === asked) trouble(error);
  } finally {
    if (mine === asked) timer = setTimeout(refresh, document.hidden ? seldom : often);
  }
}

function trouble(error) {
  if (error instanceof TypeError) { toast("The sandbox does not answer. Is it still running?"); return; }
  if (!where.home && where.channel !== start) { go({ channel: start }); return; } // not everybody sees every conversation
  toast(error.message);
}

function show(now) {
  client = now;
  place = now.places.find((one) => one.id === now.channel) ?? null;
  names.me = now.me.id;
  names.users = new Map(now.people.map((one) => [one.id, one]));
  names.groups = new Map(now.groups.map((one) => [one.id, one]));
  names.places = new Map(now.places.map((one) => [one.id, one]));
  names.go = (channel) => go({ channel });
  const withBot = place?.partner === now.bot.id;
  sidebar(now, where, place, go);
  heading(now, withBot);
  const view = byId("home");
  view.hidden = !where.home;
  byId("messages").hidden = byId("compose").hidden = where.home;
  if (where.home) home(now); else conversation(now);
  thread(now);
  compose.update();
  composeThread.update();
  modals(where.person, now.modals, refresh);
}

function heading(now, withBot) {
  byId("title").textContent = place?.name.replace(/^@/, "") ?? "";
  const notes = [place?.topic, place?.shared ? "shared with another organisation" : "", place && !place.bot && !place.partner ? `${now.bot.name} is not in this channel` : ""];
  byId("topic").textContent = notes.filter(Boolean).join(" · ");
  byId("tabs").hidden = !withBot;
  byId("tab-home").setAttribute("aria-selected", String(where.home));
  byId("tab-messages").setAttribute("aria-selected", String(!where.home));
  document.title = `${place?.name ?? "Slack"} · ${now.me.name} · Sandbox Slack`;
}

// conversation shows the messages, and stays at the end if that is where the reader was.
function conversation(now) {
  const box = byId("messages");
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40 || box.dataset.channel !== now.channel;
  box.dataset.channel = now.channel;
  const use = { person: where.person, channel: now.channel, refresh, thread: (ts) => go({ channel: now.channel, thread: ts }) };
  keep(box, now.messages.length ? now.messages : [{ ts: "", empty: true }], (one) => `${where.person} ${now.channel} ${one.ts}`, (one, previous) => (one.empty ? empty() : message(one, previous, use)));
  if (atEnd) box.scrollTop = box.scrollHeight;
  seen(where.person, now.channel, place?.latest);
}

function empty() {
  if (place?.partner && place.partner === client.bot.id) {
    return el("div", { class: "empty" }, el("p", {}, "Here you can say commands without a slash: type ", el("code", {}, "help"), "."));
  }
  return el("div", { class: "empty" }, el("p", {}, `This is the beginning of ${place?.name ?? "the conversation"}. `,
    place && !place.member ? join() : `Type ${client.command} help below, and press Enter.`));
}

const join = () => el("button", { class: "button primary", onclick: () => post(`people/${where.person}/join`, { channel: place.id }).catch((error) => toast(error.message)).finally(refresh) }, "Join the channel");

function thread(now) {
  const pane = byId("thread");
  pane.hidden = !where.thread;
  document.body.classList.toggle("with-thread", Boolean(where.thread));
  if (!where.thread) return;
  byId("thread-place").textContent = place?.name ?? "";
  const box = byId("replies");
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  keep(box, now.thread, (one) => `${where.person} ${where.thread} ${one.ts}`, (one, previous) => message(one, previous, { person: where.person, channel: now.channel, refresh }));
  if (atEnd) box.scrollTop = box.scrollHeight;
}

// home shows the App Home, anew when the app published it anew.
function home(now) {
  const act = (one) => post(`people/${where.person}/do`, { view: "home", ...one }).catch((error) => toast(error.message)).finally(refresh);
  const suggest = async (one) => (await post(`people/${where.person}/suggest`, { view: "home", ...one })).options;
  keep(byId("home"), [now.home ? { id: now.home.id, hash: now.home.view.hash, blocks: now.home.view.blocks } : { id: "none" }], (one) => where.person + one.id,
    (one) => (one.blocks ? el("div", { class: "view" }, blocks(one.blocks, { form: now.home.view.state?.values, act, suggest })) :
      el("div", { class: "empty" }, el("p", {}, `${now.bot.name} has not shown anything here yet.`))));
}

let arrived = "";
function arrive() {
  readAddress();
  const home = where.home ? where.person : "";
  if (home && home !== arrived) post(`people/${where.person}/open-home`).catch((error) => toast(error.message)).finally(refresh);
  arrived = home;
  refresh();
}

byId("compose").append(compose);
byId("compose-thread").append(composeThread);
byId("thread-close").addEventListener("click", () => go({}));
byId("tab-home").addEventListener("click", () => go({ home: true }));
byId("tab-messages").addEventListener("click", () => go({ channel: place.id }));
byId("menu").addEventListener("click", () => {
  const open = document.body.classList.toggle("menu-open");
  byId("menu").setAttribute("aria-expanded", String(open));
});
for (const button of document.querySelectorAll(".try")) {
  button.addEventListener("click", () => {
    if (where.home) go({ channel: start });
    compose.type(`${client?.command ?? "/handsoff"} ${button.dataset.text}`);
  });
}
addEventListener("hashchange", arrive);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && where.thread && !document.querySelector("dialog[open]")) go({});
});
arrive();
