// Modals.
import { el, toast } from "./dom.js";
import { blocks } from "./blocks.js";
import { plain } from "./mrkdwn.js";
import { post } from "./api.js";

let open = null; // {key, dialog, pending}

// modals shows the topmost modal of a person. refresh asks for what is new.
export function modals(person, list, refresh) {
  const top = list.at(-1);
  if (!top) { close(); return; }
  const { state, ...view } = top.view;
  const key = JSON.stringify([person, view, top.flaws]);
  if (open?.key === key) return;
  const focus = open?.dialog.contains(document.activeElement) ? document.activeElement.dataset.action : null;
  close();
  show(person, top, key, list.length > 1, refresh);
  if (focus) open.dialog.querySelector(`[data-action="${CSS.escape(focus)}"]`)?.focus();
}

function close() {
  if (!open) return;
  const { dialog } = open;
  open = null;
  dialog.close();
  dialog.remove();
}

function show(person, top, key, stacked, refresh) {
  const people = `people/${person}/`;
  const pending = new Set();
  const use = {
    form: top.view.state?.values, flaws: top.flaws,
    suggest: async (act) => (await post(people + "suggest", { view: "modal", ...act })).options,
    act: (act, later) => {
      const done = post(people + "do", { view: "modal", ...act }).catch((error) => toast(error.message)).finally(() => {
        pending.delete(done);
        if (!later) refresh();
      });
      pending.add(done);
      return done;
    },
  };
  const leave = async () => {
    close();
    await post(people + "close").catch((error) => toast(error.message));
    refresh();
  };
  const submit = async (event) => {
    event.preventDefault();
    const button = event.submitter ?? dialog.querySelector(".primary");
    document.activeElement?.blur?.(); // a field that was just typed into tells of it
    button?.setAttribute("aria-busy", "true");
    await Promise.all(pending);
    await post(people + "submit").catch((error) => { if (!error.flaws) toast(error.message); });
    button?.removeAttribute("aria-busy");
    refresh();
  };
  const dialog = el("dialog", { class: "modal", "aria-label": top.title },
    el("form", { novalidate: true, onsubmit: submit },
      el("header", { class: "bar" }, el("h2", {}, top.title),
        el("button", { type: "button", class: "plain", "aria-label": "Close", onclick: leave }, stacked ? "‹" : "✕")),
      el("div", { class: "body" },
        top.flaws?.[""] ? el("p", { class: "flaw", role: "alert" }, top.flaws[""]) : "",
        blocks(top.view.blocks, use)),
      el("footer", { class: "buttons" },
        el("button", { type: "button", class: "button", onclick: leave }, plain(top.view.close) || "Cancel"),
        top.view.submit ? el("button", { class: "button primary" }, plain(top.view.submit)) : "")));
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
  document.body.append(dialog);
  open = { key, dialog };
  dialog.showModal();
  (dialog.querySelector("[aria-invalid]") ?? dialog.querySelector(".body input, .body select, .body textarea"))?.focus();
}
