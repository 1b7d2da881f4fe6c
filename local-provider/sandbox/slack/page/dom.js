// Elements are made here, from text: nothing that anybody wrote is ever read as HTML.

// el makes an element. Attributes that are null are left out; on… are listeners; children may be text.
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export const byId = (id) => document.getElementById(id);

// toast says for some seconds what went wrong.
let fade;
export function toast(text) {
  const node = byId("toast");
  node.textContent = text;
  node.hidden = false;
  clearTimeout(fade);
  fade = setTimeout(() => { node.hidden = true; }, 8000);
}

// keep shows a list of items in a parent, each as make(item, previous) shows it. An item that did not change keeps its
// element, so that what has the focus, or is open in it, stays.
const shown = new WeakMap();
export function keep(parent, items, key, make) {
  const before = shown.get(parent) ?? new Map();
  const now = new Map();
  let at = parent.firstChild;
  items.forEach((item, i) => {
    const id = key(item);
    const text = JSON.stringify([item, i > 0 ? key(items[i - 1]) : null]);
    const old = before.get(id);
    const node = old && old.text === text ? old.node : make(item, items[i - 1]);
    now.set(id, { text, node });
    if (old && old.node !== node && old.node === at) at = at.nextSibling;
    if (old && old.node !== node) old.node.remove();
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  });
  while (at) { const next = at.nextSibling; at.remove(); at = next; }
  shown.set(parent, now);
}
