// One change: what it is, what it does, what was said.
import { act, change as look } from "./api.js";
import { ask } from "./dialog.js";
import { el, toast, when } from "./dom.js";
import { chip } from "./list.js";
import { reply } from "./reply.js";

// doing runs an act and says why it cannot be done.
const doing = (what, body) => act(what, body).catch((error) => toast(error.message));

function actions(change, lacks) {
  const number = change._number;
  const button = (label, kind, run, off) => el("button", { class: `button ${kind}`, onclick: run, disabled: off }, label);
  if (change.status === "ABANDONED") return [button("Restore", "", () => ask.reason("Restore", (text) => act("restore", { number, text })))];
  if (change.status === "MERGED") return [];
  return [
    button(lacks ? `Submit (needs ${lacks})` : "Submit", "primary", () => doing("submit", { number }), change.work_in_progress || Boolean(lacks)),
    button("New patch set", "", () => ask.patchSet(change)),
    button("Rebase", "", () => doing("rebase", { number })),
    button(change.work_in_progress ? "Ready" : "WIP", "", () => doing("wip", { number, on: !change.work_in_progress })),
    button(change.is_private ? "Unmark private" : "Mark private", "", () => doing("private", { number, on: !change.is_private })),
    button("Abandon", "danger", () => ask.reason("Abandon", (text) => act("abandon", { number, text }))),
  ];
}

function votesOf(label) {
  const given = (label.all ?? []).filter((v) => v.value !== 0);
  if (given.length === 0) return el("span", { class: "hint" }, "No votes");
  return given.map((v) => el("span", { class: `given ${v.value > 0 ? "yes" : "no"}` }, `${v.value > 0 ? "+" : ""}${v.value} ${v.name}`));
}

function facts(change) {
  const number = change._number;
  const pair = (name, ...value) => [el("dt", {}, name), el("dd", {}, value)];
  const names = (state) => (change.reviewers?.[state] ?? []).map((a) => a.name).join(", ") || "—";
  return el("dl", { class: "facts" },
    pair("Owner", change.owner.name), pair("Reviewers", names("REVIEWER"), " ",
      el("button", { class: "link", onclick: () => ask.text("Add reviewer", "User name", "", (who) => act("reviewer", { number, who })) }, "add")),
    pair("CC", names("CC")), pair("Repo | Branch", `${change.project} | ${change.branch}`),
    pair("Topic", change.topic || "—", " ",
      el("button", { class: "link", onclick: () => ask.text("Topic", "Topic", change.topic ?? "", (text) => act("topic", { number, text })) }, "edit")),
    pair("Hashtags", change.hashtags.map((t) => `#${t}`).join(" ") || "—", " ",
      el("button", { class: "link", onclick: () => ask.text("Hashtags", "With spaces between", change.hashtags.join(" "), (text) => retag(change, text)) }, "edit")),
    pair("Change-Id", el("code", {}, change.change_id)),
    pair("Updated", when(change.updated)),
    Object.entries(change.labels).map(([name, label]) => pair(name, votesOf(label))));
}

// retag adds and removes hashtags until they are those of a text.
function retag(change, text) {
  const want = text.split(/[\s,]+/).filter(Boolean).map((t) => t.replace(/^#/, ""));
  return act("hashtags", {
    number: change._number, add: want.filter((t) => !change.hashtags.includes(t)), remove: change.hashtags.filter((t) => !want.includes(t)),
  });
}

function files(revision) {
  return el("table", { class: "files", "aria-label": "Files" },
    el("tbody", {}, Object.entries(revision.files ?? {}).map(([path, f]) => el("tr", {},
      el("td", { class: "status" }, f.status ?? "M"), el("td", { class: "path" }, f.old_path ? `${f.old_path} → ` : "", path),
      el("td", { class: "size" }, el("ins", {}, `+${f.lines_inserted ?? 0}`), " ", el("del", {}, `−${f.lines_deleted ?? 0}`))))));
}

function patchSets(change) {
  const all = Object.entries(change.revisions).sort(([, a], [, b]) => b._number - a._number);
  return el("ol", { class: "patch-sets", "aria-label": "Patch sets", reversed: true }, all.map(([sha, r]) => el("li", { value: String(r._number) },
    el("code", {}, sha.slice(0, 10)), " ", r.commit.subject, " ", el("span", { class: "hint" }, r.kind, ", ", r.uploader.name, ", ", when(r.created)))));
}

function messages(change, comments) {
  const inline = Object.entries(comments).flatMap(([path, list]) => list.map((c) => ({ ...c, path })));
  return el("section", { class: "log", "aria-label": "Change log" }, el("h2", {}, "Change log"), change.messages.map((m) => {
    const said = inline.filter((c) => c.author._account_id === m.author._account_id && c.updated === m.date);
    return el("article", { class: m.tag ? "message auto" : "message" },
      el("header", {}, el("strong", {}, m.author.name), " ", m.tag ? el("span", { class: "hint" }, m.tag) : "", when(m.date)),
      el("p", {}, m.message),
      said.map((c) => el("p", { class: "inline" }, el("code", {}, c.path === "/PATCHSET_LEVEL" ? "Patch set" : `${c.path}:${c.line ?? "file"}`), " ", c.message)));
  }));
}

// page shows a change. The box to reply in is kept while it is the same change, so that what is typed in it stays.
let box = { number: 0, node: null };
export async function page(number) {
  const { change, comments, lacks } = await look(number);
  const revision = change.revisions[change.current_revision];
  if (box.number !== number || box.me !== reply.key(change)) box = { number, me: reply.key(change), node: reply(change) };
  document.title = `${change.subject} · Sandbox Gerrit`;
  return el("article", { class: "change" },
    el("header", {}, el("h1", {}, chip(change), el("span", { class: "number" }, String(number)), change.subject),
      el("div", { class: "actions" }, actions(change, lacks))),
    facts(change),
    el("section", { class: "text" }, el("pre", { class: "commit" }, revision.commit.message), box.node),
    el("section", { class: "work" }, el("h2", {}, `Files of patch set ${revision._number}`), files(revision), el("h2", {}, "Patch sets"), patchSets(change)),
    messages(change, comments));
}
