// The dialog of an element that asks before it acts.
import { el } from "./dom.js";
import { plain } from "./mrkdwn.js";

// confirm asks, and says whether to go on.
export function confirm(object) {
  return new Promise((resolve) => {
    const dialog = el("dialog", { class: "confirm" },
      el("form", { method: "dialog" },
        el("h2", {}, plain(object.title) || "Are you sure?"),
        el("p", {}, plain(object.text)),
        el("div", { class: "buttons" },
          el("button", { class: "button", value: "no" }, plain(object.deny) || "No"),
          el("button", { class: `button ${object.style === "danger" ? "danger" : "primary"}`, value: "yes" }, plain(object.confirm) || "Yes"))));
    dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue === "yes"); });
    document.body.append(dialog);
    dialog.showModal();
  });
}
