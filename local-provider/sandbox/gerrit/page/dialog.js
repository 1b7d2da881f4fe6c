// The questions that the page asks.
import { act } from "./api.js";
import { byId, el } from "./dom.js";

// open shows a form; what it does may fail, which is said in it.
function open(title, fields, label, run) {
  const dialog = byId("dialog");
  const flaw = el("p", { class: "flaw", role: "alert", hidden: true });
  const form = el("form", {}, el("h2", {}, title), fields, flaw,
    el("div", { class: "actions" }, el("button", { type: "button", class: "button", onclick: () => dialog.close() }, "Cancel"),
      el("button", { class: "button primary" }, label)));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await run(form.elements);
      dialog.close();
    } catch (error) {
      flaw.textContent = error.message;
      flaw.hidden = false;
    }
  });
  dialog.replaceChildren(form);
  dialog.showModal();
}

const field = (label, node) => el("label", { class: "field" }, label, node);
const input = (name, value = "", more = {}) => el("input", { name, value, autocomplete: "off", ...more });

// filesOf reads lines of "path +insertions -deletions".
function filesOf(text) {
  return text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => {
    const [path, ...counts] = line.split(/\s+/);
    const count = (sign) => Math.abs(Number(counts.find((c) => c.startsWith(sign)) ?? 0)) || 0;
    return { path, insertions: count("+"), deletions: count("-") };
  });
}
const fileHint = "One a line: path +added -removed. Left out: README.md +3 -1";

export const ask = {
  text: (title, label, value, run) => open(title, [field(label, input("text", value))], "Save", (f) => run(f.text.value)),
  reason: (title, run) => open(title, [field("Why", el("textarea", { name: "text", rows: "3" }))], title, (f) => run(f.text.value)),
  patchSet: (change) => {
    const kinds = [["REWORK", "The code is another"], ["TRIVIAL_REBASE", "Only rebased"], ["NO_CODE_CHANGE", "Only the message is another"]];
    open("New patch set", [
      field("What is different", el("select", { name: "kind" }, kinds.map(([value, text]) => el("option", { value }, text)))),
      field("Subject", input("subject", change.subject)), field(`Files. ${fileHint}`, el("textarea", { name: "files", rows: "3" })),
    ], "Push", (f) => act("amend", { number: change._number, upload: { kind: f.kind.value, subject: f.subject.value, files: filesOf(f.files.value) } }));
  },
  change: (projects, done) => {
    const branches = el("select", { name: "branch" });
    const list = (project) => branches.replaceChildren(...projects[project].map((b) => el("option", { value: b }, b)));
    const names = Object.keys(projects).sort();
    const project = el("select", { name: "project", onchange: () => list(project.value) }, names.map((p) => el("option", { value: p }, p)));
    list(names[0]);
    open("New change", [
      field("Repo", project), field("Branch", branches), field("Subject", input("subject", "", { required: true, autofocus: true })),
      field("Message", el("textarea", { name: "body", rows: "3" })), field("Topic", input("topic")),
      field(`Files. ${fileHint}`, el("textarea", { name: "files", rows: "3" })),
      el("label", { class: "check" }, el("input", { type: "checkbox", name: "wip" }), "Work in progress"),
      el("label", { class: "check" }, el("input", { type: "checkbox", name: "private" }), "Private"),
    ], "Push", async (f) => done(await act("push", {
      upload: {
        project: f.project.value, branch: f.branch.value, subject: f.subject.value, body: f.body.value, topic: f.topic.value,
        files: filesOf(f.files.value), wip: f.wip.checked, private: f.private.checked,
      },
    })));
  },
};
