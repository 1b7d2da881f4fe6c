// The box to vote and comment in.
import { act, me } from "./api.js";
import { el, toast } from "./dom.js";

// key is what makes a box another one: who replies, and what they may vote.
reply.key = (change) => `${me()} ${change.status} ${change.current_revision_number}`;

// choices are the votes of a label that the person may give, the present one chosen.
function choices(name, [lowest, highest], now) {
  const radios = [];
  for (let value = lowest; value <= highest; value++) {
    radios.push(el("label", {}, el("input", { type: "radio", name, value: String(value), checked: value === now }), value > 0 ? `+${value}` : String(value)));
  }
  return el("fieldset", {}, el("legend", {}, name), radios);
}

export function reply(change) {
  const text = el("textarea", { id: "message", rows: "3", "aria-label": "Say something", placeholder: "Say something…" });
  const votes = Object.entries(window.people.find((p) => p.username === me())?.votes ?? {}).filter(() => change.status !== "ABANDONED");
  const form = el("form", { class: "reply", "aria-label": "Reply" }, text,
    votes.map(([name, range]) => choices(name, range, change.labels[name]?.all?.find((v) => v.username === me())?.value ?? 0)),
    el("button", { class: "button primary" }, "Send"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const labels = {};
    for (const [name] of votes) labels[name] = Number(form.elements[name].value);
    try {
      await act("review", { number: change._number, review: { message: text.value, labels } });
      text.value = "";
    } catch (error) {
      toast(error.message);
    }
  });
  return form;
}
