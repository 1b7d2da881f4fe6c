// The list of changes that a query finds.
import { changes } from "./api.js";
import { el, when } from "./dom.js";

export const pathOf = (change) => `/c/${change.project}/+/${change._number}`;

// stateOf is what Gerrit's chip says.
export function stateOf(change) {
  if (change.status === "MERGED") return "Merged";
  if (change.status === "ABANDONED") return "Abandoned";
  if (change.work_in_progress) return "WIP";
  return change.is_private ? "Private" : "Active";
}

export const chip = (change) => el("span", { class: `chip ${stateOf(change).toLowerCase()}` }, stateOf(change));

// vote sums a label up in one sign.
function vote(label) {
  if (label?.rejected) return el("td", { class: "vote no", title: label.rejected.name }, "✗");
  if (label?.approved) return el("td", { class: "vote yes", title: label.approved.name }, "✓");
  if (label?.disliked) return el("td", { class: "vote no", title: label.disliked.name }, "−1");
  if (label?.recommended) return el("td", { class: "vote yes", title: label.recommended.name }, "+1");
  return el("td", { class: "vote" });
}

function row(change) {
  return el("tr", {},
    el("td", { class: "number" }, String(change._number)),
    el("td", { class: "subject" }, el("a", { href: pathOf(change) }, change.subject)),
    el("td", {}, chip(change)),
    el("td", { class: "wide" }, change.owner.name),
    el("td", {}, change.project),
    el("td", { class: "wide" }, change.branch, change.topic ? ` (${change.topic})` : ""),
    el("td", { class: "wide" }, when(change.updated)),
    el("td", { class: "size wide" }, el("ins", {}, `+${change.insertions}`), " ", el("del", {}, `−${change.deletions}`)),
    vote(change.labels["Code-Review"]), vote(change.labels.Verified));
}

// list shows what a query finds.
export async function list(query) {
  const found = await changes(query);
  document.title = "Changes · Sandbox Gerrit";
  return el("section", { class: "list", "aria-label": "Changes" },
    el("h1", {}, query),
    el("table", {},
      el("thead", {}, el("tr", {}, ["#", "Subject", "Status"].map((t) => el("th", { scope: "col" }, t)), el("th", { class: "wide" }, "Owner"),
        el("th", {}, "Repo"), ["Branch", "Updated", "Size"].map((t) => el("th", { class: "wide" }, t)),
        el("th", { title: "Code-Review" }, "CR"), el("th", { title: "Verified" }, "V"))),
      el("tbody", {}, found.changes.map(row))),
    found.changes.length === 0 && el("p", { class: "hint" }, "No changes."),
    found.more && el("p", { class: "hint" }, "There are more: narrow the search."));
}
