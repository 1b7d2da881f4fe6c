// Blocks as elements (docs.slack.dev/reference/block-kit).
import { el } from "./dom.js";
import { icon } from "./icon.js";
import { emojied, mrkdwn, plain } from "./mrkdwn.js";
import { richText } from "./rich.js";
import { element } from "./element.js";

// blocks shows a list of blocks. use says where they stand: what is done to an element is handed to use.act.
export function blocks(list, use) {
  return (list ?? []).map((block) => el("div", { class: `block ${block.type}` }, ...one(block, use)));
}

// text is a text object.
export function text(object) {
  if (!object) return "";
  return object.type === "mrkdwn" ? mrkdwn(object.text ?? "") : emojied(object.text ?? "");
}

function one(block, use) {
  switch (block.type) {
    case "header": return [el("h3", {}, plain(block.text))];
    case "section": return section(block, use);
    case "context": return (block.elements ?? []).map((part) => (part.type === "image" ? image(part) : el("span", {}, text(part))));
    case "actions": return (block.elements ?? []).map((part) => element(part, block, use));
    case "divider": return [el("hr")];
    case "image": return [block.title ? el("p", {}, plain(block.title)) : "", image(block)];
    case "rich_text": return [richText(block)];
    case "markdown": return [el("div", {}, mrkdwn(block.text ?? ""))];
    case "input": return input(block, use);
    default: return [el("em", {}, `(a block of type ${block.type})`)];
  }
}

function section(block, use) {
  return [
    el("div", { class: "said" },
      block.text ? el("div", {}, text(block.text)) : "",
      block.fields ? el("div", { class: "fields" }, block.fields.map((field) => el("div", {}, text(field)))) : ""),
    block.accessory ? el("div", { class: "accessory" }, block.accessory.type === "image" ? image(block.accessory) : element(block.accessory, block, use)) : "",
  ];
}

// image shows what an image is of. The image itself lies elsewhere, and nothing is loaded from elsewhere.
const image = (object) => el("span", { class: "image", role: "img", "aria-label": object.alt_text }, icon("picture"), " ", object.alt_text ?? "");

function input(block, use) {
  const field = element(block.element ?? {}, block, use);
  const control = field.matches?.("input,select,textarea") ? field : field.querySelector?.("input,select,textarea");
  const id = `${block.block_id}-${block.element?.action_id}`;
  if (control && control.type !== "checkbox" && control.type !== "radio") control.id = id;
  const flaw = use.flaws?.[block.block_id];
  if (flaw && control) {
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", id + "-flaw");
  }
  return [
    el("label", { for: id }, plain(block.label), block.optional ? el("span", { class: "hint" }, " (optional)") : ""),
    field,
    flaw ? el("p", { class: "flaw", id: id + "-flaw" }, flaw) : "",
    block.hint ? el("p", { class: "hint" }, plain(block.hint)) : "",
  ];
}
