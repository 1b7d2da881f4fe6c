// What can be used in a block: buttons, menus, fields.
import { el } from "./dom.js";
import { names, plain } from "./mrkdwn.js";
import { confirm } from "./confirm.js";

// element shows one and hands what is done to it to use.act(action, value). use.form is what was chosen so far.
export function element(object, block, use) {
  const state = use.form?.[block.block_id]?.[object.action_id] ?? {};
  const act = (value, from) => act_(object, block, use, value, from);
  switch (object.type) {
    case "button": return button(object, act);
    case "overflow": return menu(object, null, act, "⋯", true);
    case "static_select": return menu(object, state.selected_option?.value, act);
    case "multi_static_select": return several(object, state.selected_options, act);
    case "external_select":
    case "multi_external_select": return search(object, block, state, use, act);
    case "users_select": return pick(object, state.selected_user, [...names.users.values()].filter((u) => u.kind !== "bot"), "@", act);
    case "channels_select": return pick(object, state.selected_channel, [...names.places.values()].filter((p) => !p.partner), "", act);
    case "conversations_select": return pick(object, state.selected_conversation, [...names.places.values()], "", act);
    case "checkboxes":
    case "radio_buttons": return choices(object, state, act);
    default: return field(object, state, act);
  }
}

async function act_(object, block, use, value, from) {
  if (object.confirm && !(await confirm(object.confirm))) return;
  const wait = from && (object.type === "button" || object.type === "overflow");
  if (wait) { from.setAttribute("aria-busy", "true"); from.disabled = true; }
  try {
    await use.act({ action: object.action_id, value, confirmed: true }, block.type === "input");
  } finally {
    if (wait) { from.removeAttribute("aria-busy"); from.disabled = false; }
  }
}

function button(object, act) {
  const node = el("button", { type: "button", class: `button ${object.style ?? ""}`, "data-action": object.action_id, title: object.accessibility_label }, plain(object.text));
  node.addEventListener("click", () => {
    if (/^https?:\/\//.test(object.url ?? "")) window.open(object.url, "_blank", "noopener");
    act(undefined, node);
  });
  return node;
}

const option = (one, chosen) => el("option", { value: one.value, selected: one.value === chosen }, plain(one.text));

// menu is a choice of one.
function menu(object, chosen, act, placeholder, forget) {
  const node = el("select", { "aria-label": plain(object.placeholder) || "More", "data-action": object.action_id },
    el("option", { value: "", selected: !chosen }, placeholder ?? (plain(object.placeholder) || "Choose")),
    (object.options ?? []).map((one) => option(one, chosen)),
    (object.option_groups ?? []).map((group) => el("optgroup", { label: plain(group.label) }, group.options.map((one) => option(one, chosen)))));
  node.addEventListener("change", () => {
    act(node.value, node);
    if (forget) node.value = "";
  });
  return node;
}

// several is a choice of any number.
function several(object, chosen = [], act) {
  const values = (chosen ?? []).map((one) => one.value);
  const node = el("select", { multiple: true, "data-action": object.action_id }, (object.options ?? []).map((one) => el("option", { value: one.value, selected: values.includes(one.value) }, plain(one.text))));
  node.addEventListener("change", () => act([...node.selectedOptions].map((one) => one.value).join(","), node));
  return node;
}

// search is a menu whose choices the app provides for what is typed.
let searches = 0;
function search(object, block, state, use, act) {
  const list = el("datalist", { id: `offered-${searches += 1}` });
  const chosen = plain(state.selected_option?.text) || (state.selected_options ?? []).map((one) => plain(one.text)).join(", ");
  const node = el("input", { type: "text", list: list.id, value: chosen, autocomplete: "off", placeholder: plain(object.placeholder) || "Type to search", "data-action": object.action_id });
  let timer;
  const ask = async () => {
    const offered = await use.suggest({ action: object.action_id, value: node.value }).catch(() => []);
    list.replaceChildren(...offered.map((one) => el("option", { value: plain(one.text) })));
    node.setCustomValidity("");
  };
  node.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 200); });
  node.addEventListener("focus", () => ask());
  node.addEventListener("change", () => act(node.value, node));
  return el("span", { class: "search" }, node, list);
}

// pick is a choice of a person or a conversation.
function pick(object, chosen, list, sign, act) {
  const options = list.map((one) => ({ value: one.id, text: { text: sign + one.name } }));
  return menu({ ...object, options }, chosen, act);
}

// choices are boxes to tick: any, or one.
function choices(object, state, act) {
  const chosen = [state.selected_option, ...(state.selected_options ?? [])].filter(Boolean).map((one) => one.value);
  const type = object.type === "checkboxes" ? "checkbox" : "radio";
  const node = el("div", { class: "choices", role: "group" });
  for (const one of object.options ?? []) {
    const box = el("input", { type, name: object.action_id, value: one.value, checked: chosen.includes(one.value) });
    node.append(el("label", {}, box, " ", plain(one.text), one.description ? el("span", { class: "hint" }, " " + plain(one.description)) : ""));
  }
  node.addEventListener("change", () => act([...node.querySelectorAll("input:checked")].map((box) => box.value).join(","), node));
  return node;
}

const inputTypes = { number_input: "number", email_text_input: "email", url_text_input: "url", datepicker: "date", timepicker: "time" };

// field is something to type into.
function field(object, state, act) {
  const value = state.value ?? state.selected_date ?? state.selected_time ?? "";
  const attributes = { "data-action": object.action_id, value, placeholder: plain(object.placeholder) || null, autocomplete: "off" };
  const node = object.multiline ? el("textarea", { ...attributes, rows: 4 }) :
    el("input", { ...attributes, type: inputTypes[object.type] ?? "text", step: object.is_decimal_allowed ? "any" : null });
  node.addEventListener("change", () => act(node.value, node));
  return node;
}
