// Elements are made here, from text: nothing that anybody wrote is ever read as HTML.

// el makes an element. Attributes that are null or false are left out; on… are listeners; children may be text.
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
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

// when writes one of Gerrit's times, which are UTC and do not say so.
export function when(stamp) {
  const at = new Date(`${stamp.slice(0, 19).replace(" ", "T")}Z`);
  return el("time", { datetime: at.toISOString(), title: at.toString() }, at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" }));
}
