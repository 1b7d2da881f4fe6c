// One message as its reader sees it.
import { el, toast } from "./dom.js";
import { get, post } from "./api.js";
import { icon } from "./icon.js";
import { blocks } from "./blocks.js";
import { emojied, mrkdwn } from "./mrkdwn.js";

// Messages of one person that follow each other this closely share a head, in milliseconds.
const together = 5 * 60 * 1000;

export const at = (ts) => new Date(Number(ts) * 1000);

// message shows one. where is {person, channel, refresh, thread(ts)}; thread is left out inside a thread.
export function message(seen, previous, where) {
  const use = {
    form: seen.form,
    act: (act) => post(`people/${where.person}/do`, { channel: where.channel, message: seen.ts, ...act }).catch((error) => toast(error.message)).finally(where.refresh),
    suggest: async (act) => (await post(`people/${where.person}/suggest`, { channel: where.channel, message: seen.ts, ...act })).options,
  };
  const follows = previous && previous.name === seen.name && previous.only_you === seen.only_you && !seen.bot && at(seen.ts) - at(previous.ts) < together;
  const body = el("div", { class: "words" }, words(seen, use), files(seen), attachments(seen, use),
    seen.edited ? el("span", { class: "hint edited" }, "(edited)") : "", replies(seen, where));
  return el("article", { class: `message ${follows ? "follows" : ""} ${seen.only_you ? "only-you" : ""}`, "data-ts": seen.ts, tabindex: "-1" },
    el("span", { class: `avatar c${shade(seen.user || seen.name)}`, "aria-hidden": "true" }, seen.bot ? icon("robot") : (seen.name[0] ?? "?").toUpperCase()),
    el("div", { class: "content" },
      el("header", { class: "by" }, el("strong", {}, seen.name), seen.bot ? el("span", { class: "app" }, "APP") : "",
        el("time", { datetime: at(seen.ts).toISOString(), title: at(seen.ts).toLocaleString() }, at(seen.ts).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })),
        seen.only_you ? el("span", { class: "hint" }, icon("eye"), " Only visible to you") : "",
        seen.broadcast && where.thread ? el("span", { class: "hint" }, "replied to a thread") : ""),
      body),
    tools(seen, where, body));
}

export const shade = (id) => [...id].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 8, 7);

// words is what it says. The blocks of what a person typed say the same as its text.
function words(seen, use) {
  const m = seen.message;
  if (m.subtype === "tombstone") return el("em", { class: "hint" }, m.text);
  if (m.blocks?.length && !m.client_msg_id) return blocks(m.blocks, use);
  return m.text ? el("div", { class: "text" }, mrkdwn(m.text)) : "";
}

function files(seen) {
  return (seen.message.files ?? []).filter((file) => file.name).map((file) => el("div", { class: "file" }, icon("page"), ` ${file.name} `, el("span", { class: "hint" }, `${file.size} bytes`)));
}

function attachments(seen, use) {
  return (seen.message.attachments ?? []).map((one) => el("div", { class: `attachment ${one.is_app_unfurl ? "unfurl" : ""}` },
    one.blocks ? blocks(one.blocks, use) : [one.pretext, one.title, one.text, one.footer].filter(Boolean).map((text) => el("div", {}, mrkdwn(text))),
    !one.blocks && !one.text && one.fallback ? emojied(one.fallback) : ""));
}

function replies(seen, where) {
  if (!seen.replies || !where.thread) return "";
  const last = seen.message.latest_reply ? at(seen.message.latest_reply).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) : "";
  return el("button", { class: "plain replies", onclick: () => where.thread(seen.ts) },
    `${seen.replies} ${seen.replies === 1 ? "reply" : "replies"}`, el("span", { class: "hint" }, ` last at ${last}`));
}

// tools are what can be done with a message.
function tools(seen, where, body) {
  const out = [];
  if (where.thread && !seen.only_you) out.push(el("button", { class: "plain", title: "Reply in a thread", "aria-label": "Reply in a thread", onclick: () => where.thread(seen.message.thread_ts || seen.ts) }, icon("reply")));
  if (seen.mine) {
    out.push(el("button", { class: "plain", title: "Edit", "aria-label": "Edit the message", onclick: () => edit(seen, where, body) }, icon("pencil")));
    out.push(el("button", { class: "plain", title: "Delete", "aria-label": "Delete the message", onclick: () => act("delete", seen, where) }, icon("bin")));
  }
  return out.length ? el("div", { class: "tools" }, out) : "";
}

function act(what, seen, where, more = {}) {
  return post(`people/${where.person}/${what}`, { channel: where.channel, ts: seen.ts, ...more }).catch((error) => toast(error.message)).finally(where.refresh);
}

// edit turns a message into a field with what was typed.
async function edit(seen, where, body) {
  const { text } = await get(`people/${where.person}/typed`, { channel: where.channel, ts: seen.ts }).catch(() => ({ text: seen.lines.join("\n") }));
  const field = el("textarea", { "aria-label": "Edit the message", value: text, rows: 2 });
  const before = [...body.childNodes];
  const cancel = () => body.replaceChildren(...before);
  const save = async () => { await act("edit", seen, where, { text: field.value }); cancel(); };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); save(); }
  });
  body.replaceChildren(field, el("div", { class: "buttons" }, el("button", { class: "button", onclick: cancel }, "Cancel"), el("button", { class: "button primary", onclick: save }, "Save")));
  field.focus();
}
