// The left of the window: who looks, and where they can go.
import { byId, el, keep } from "./dom.js";
import { icon } from "./icon.js";
import { shade } from "./message.js";

// start is the channel in which everybody begins.
export const start = "C0GENERAL";

const mark = (person, channel) => `seen/${person}/${channel}`;

// seen remembers how far a person has read.
export function seen(person, channel, ts) {
  if (ts && !document.hidden) localStorage.setItem(mark(person, channel), ts);
}

const unread = (person, place, me) => Boolean(place.latest) && place.by !== me && place.member && Number(place.latest) > Number(localStorage.getItem(mark(person, place.id)) ?? 0);

export function sidebar(client, where, place, go) {
  byId("team").textContent = `${client.team.name} (sandbox)`;
  people(client, where, place, go);
  const item = (one) => ({ ...one, latest: undefined, by: undefined, here: !where.home && one.id === place?.id, unread: one.id !== place?.id && unread(where.person, one, client.me.id) });
  const channels = client.places.filter((one) => !one.partner).sort((a, b) => a.archived - b.archived || a.name.localeCompare(b.name));
  keep(byId("channels"), channels.map(item), (one) => one.id, (one) => entry(one, () => go({ channel: one.id })));
  const bot = client.places.find((one) => one.partner === client.bot.id);
  const app = { ...item(bot ?? { id: client.bot.id, name: client.bot.name, member: true, archived: false }), name: client.bot.name, here: where.home || place?.partner === client.bot.id };
  keep(byId("apps"), [app], (one) => one.id, (one) => entry(one, () => go({ home: true }), "robot"));
  keep(byId("directs"), directs(client).map(item), (one) => one.id, (one) => entry(one, () => go({ channel: one.id }), "", one.partner));
}

// directs are the conversations with each other person, also those that nobody has begun.
function directs(client) {
  const partners = new Map(client.places.filter((one) => one.partner).map((one) => [one.partner, one]));
  return client.people.filter((one) => one.kind !== "bot" && one.kind !== "deactivated" && one.id !== client.me.id)
    .map((one) => ({ id: partners.get(one.id)?.id ?? one.id, name: one.name, member: true, archived: false, partner: one.id, kind: one.kind, latest: partners.get(one.id)?.latest, by: partners.get(one.id)?.by }));
}

function entry(one, open, sign, user) {
  const left = user ? el("span", { class: `dot c${shade(user)}`, "aria-hidden": "true" }) : sign ? icon(sign) : one.kind === "group" ? icon("lock") : el("span", { class: "hash", "aria-hidden": "true" }, "#");
  const notes = [one.kind === "guest" ? "guest" : "", one.kind === "stranger" ? "other team" : "", one.archived ? "archived" : ""].filter(Boolean).join(", ");
  return el("li", {}, el("button", { class: `plain ${one.unread ? "unread" : ""} ${one.member ? "" : "away"}`, "aria-current": one.here ? "page" : null, onclick: open },
    left, " ", one.name.replace(/^[#@]/, ""), notes ? el("span", { class: "note" }, ` ${notes}`) : "", one.unread ? el("span", { class: "badge", "aria-label": "unread" }) : ""));
}

// people is the choice of who you are.
function people(client, where, place, go) {
  const node = byId("me");
  const list = client.people.filter((one) => one.kind !== "bot" && one.kind !== "deactivated");
  keep(node, list.map(({ id, name, full, kind }) => ({ id, name, full, kind })), (one) => one.id,
    (one) => el("option", { value: one.name }, `${one.full || one.name}${one.kind === "member" ? "" : ` (${one.kind === "guest" ? "guest" : "other team"})`}`));
  node.value = client.me.name;
  // Direct messages are somebody's own; the home of the app everybody has.
  node.onchange = () => go({ person: node.value, home: where.home, ...(place?.partner ? { channel: start } : {}) });
}
