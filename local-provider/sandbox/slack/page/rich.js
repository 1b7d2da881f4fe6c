// Rich text, the other form in which Slack keeps what people and apps write.
import { el } from "./dom.js";
import { link, mrkdwn } from "./mrkdwn.js";

export function richText(block) {
  return el("div", { class: "rich" }, (block.elements ?? []).map(part));
}

function part(one) {
  const inner = (one.elements ?? []).map(one.type === "rich_text_list" ? item : piece);
  switch (one.type) {
    case "rich_text_list": return el(one.style === "ordered" ? "ol" : "ul", {}, inner);
    case "rich_text_quote": return el("blockquote", {}, inner);
    case "rich_text_preformatted": return el("pre", {}, el("code", {}, inner));
    default: return el("p", {}, inner);
  }
}

const item = (one) => el("li", {}, (one.elements ?? []).map(piece));

function piece(one) {
  let node;
  switch (one.type) {
    case "user": return mrkdwn(`<@${one.user_id}>`);
    case "channel": return mrkdwn(`<#${one.channel_id}>`);
    case "usergroup": return mrkdwn(`<!subteam^${one.usergroup_id}>`);
    case "broadcast": return mrkdwn(`<!${one.range}>`);
    case "emoji": return mrkdwn(`:${one.name}:`);
    case "link": node = link(one.url, one.text); break;
    default: node = document.createTextNode(one.text ?? "");
  }
  for (const [style, name] of Object.entries({ bold: "strong", italic: "em", strike: "s", code: "code" })) {
    if (one.style?.[style]) node = el(name, {}, node);
  }
  return node;
}
