// Slack's text as elements: mentions, links, code, quotes, bold, italic, struck.
import { el } from "./dom.js";

// names are what ids mean: users, groups, channels. chat.js fills them.
export const names = { users: new Map(), groups: new Map(), places: new Map(), me: "", go: () => {} };

const entities = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const undo = (text) => text.replace(/&(?:lt|gt|amp);/g, (entity) => entities[entity]);

// Signs that every font has stand for the emojis that the app uses: not every machine has pictures.
const emojis = {
  arrow_forward: "▶", white_check_mark: "✔", heavy_check_mark: "✔", x: "✘", warning: "⚠", no_entry: "⊘", no_entry_sign: "⊘",
  octagonal_sign: "■", black_square_for_stop: "■", hourglass: "⌛", hourglass_flowing_sand: "⌛", link: "↗", raised_hand: "☝",
  grey_question: "?", question: "?", information_source: "ℹ", zzz: "☾", gear: "⚙", tada: "🎉", rocket: "🚀", eyes: "👀",
  lock: "🔒", bell: "🔔", wave: "👋", robot_face: "🤖", page_facing_up: "📄", large_green_circle: "🟢", large_yellow_circle: "🟡",
  red_circle: "🔴", white_circle: "⚪", large_blue_circle: "🔵",
};

// emojied is a text with pictures for the names of emojis.
export const emojied = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => emojis[name] ?? whole);

// plain is a text object as a string.
export const plain = (object) => (object?.type === "mrkdwn" ? undo(object.text ?? "") : emojied(object?.text ?? ""));

// mrkdwn is a text as a fragment.
export function mrkdwn(text) {
  const out = document.createDocumentFragment();
  const parts = text.split(/```([\s\S]+?)```/);
  parts.forEach((part, i) => {
    if (i % 2) out.append(el("pre", {}, el("code", {}, codeText(part.replace(/^\n/, "").replace(/\n$/, "")))));
    else paragraphs(out, i > 0 ? part.replace(/^\n/, "") : part);
  });
  return out;
}

// codeText is code: the links that Slack makes in it are shown as they were typed.
const codeText = (text) => undo(text.replace(/<(?:[^<>|]*\|)?([^<>|]*)>/g, "$1"));

function paragraphs(out, text) {
  let quote = null;
  text.split("\n").forEach((line, i) => {
    const quoted = line.match(/^&gt; ?(.*)$/);
    if (quoted) {
      if (quote) quote.append(el("br"));
      else out.append(quote = el("blockquote"));
      inline(quote, quoted[1]);
      return;
    }
    if (i > 0 && !quote) out.append(el("br"));
    quote = null;
    inline(out, line);
  });
}

// inline puts a line into a parent. What must be left alone is taken out first and stands as one character each, of a
// range that no text uses.
function inline(out, line) {
  const kept = [];
  const keepOne = (node) => String.fromCharCode(0xe000 + kept.push(node) - 1);
  const bare = line.replace(/[\ue000-\uf8ff]/g, "")
    .replace(/`([^`]+)`/g, (_, code) => keepOne(el("code", {}, codeText(code))))
    .replace(/<([^<>]+)>/g, (_, inner) => keepOne(reference(inner)))
    .replace(/https?:\/\/[^\s<>|]*[^\s<>|.,:;!?)\]}'"*_~]/g, (address) => keepOne(link(undo(address), "")))
    .replace(/:([a-z0-9_+-]+):/g, (whole, name) => (emojis[name] ? keepOne(el("span", { title: whole }, emojis[name])) : whole));
  styled(out, bare, kept);
}

const styles = { "*": "strong", _: "em", "~": "s" };
const pair = /(^|[\s([{"'.,;:!?—–\-/*_~])([*_~])(?=\S)(.*?\S)\2(?=$|[\s)\]}"'.,;:!?—–\-/*_~])/;

function styled(out, text, kept) {
  const found = text.match(pair);
  if (!found) { words(out, text, kept); return; }
  const start = found.index + found[1].length;
  words(out, text.slice(0, start), kept);
  const node = el(styles[found[2]]);
  styled(node, found[3], kept);
  out.append(node);
  styled(out, text.slice(found.index + found[0].length), kept);
}

function words(out, text, kept) {
  for (const part of text.split(/([\ue000-\uf8ff])/)) {
    const code = part.charCodeAt(0) - 0xe000;
    if (part.length === 1 && code >= 0 && code < kept.length) out.append(kept[code]);
    else if (part) out.append(undo(part));
  }
}

// reference is what stands between < and >.
function reference(inner) {
  const [target, label] = inner.split("|", 2);
  if (target[0] === "@") return mention(target.slice(1));
  if (target[0] === "#") return place(target.slice(1), label);
  if (target[0] === "!") return special(target.slice(1), label);
  return link(undo(target), label ? undo(label) : "");
}

function mention(id) {
  return el("span", { class: id === names.me ? "mention me" : "mention" }, "@" + (names.users.get(id)?.name ?? id));
}

function place(id, label) {
  const known = names.places.get(id);
  if (!known) return el("span", { class: "mention" }, "#" + undo(label || id));
  return el("button", { class: "mention plain", onclick: () => names.go(id) }, known.name);
}

function special(target, label) {
  const [kind, id, format] = target.split("^");
  if (kind === "subteam") return el("span", { class: "mention" }, "@" + (names.groups.get(id)?.name ?? undo(label || id).replace(/^@/, "")));
  if (kind === "date") return el("time", {}, date(Number(id), format) ?? undo(label || ""));
  return el("span", { class: "mention crowd" }, undo(label || "@" + kind));
}

// date is a moment as <!date^…> asks for it.
function date(seconds, format) {
  if (!Number.isFinite(seconds) || !format) return null;
  const at = new Date(seconds * 1000);
  const day = at.toLocaleDateString(undefined, { year: "numeric", month: "short", day: "numeric" });
  return format.replace(/\{time(?:_secs)?\}/g, at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }))
    .replace(/\{(?:date\w*|ago)\}/g, day);
}

// link leads only where a browser should go.
export function link(address, label) {
  if (!/^(https?:\/\/|mailto:)/i.test(address)) return el("span", {}, label || address);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label || address.replace(/^mailto:/, ""));
}
