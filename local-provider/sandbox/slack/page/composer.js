// Where a person types. Enter sends, Shift+Enter makes a new line, a file can be dropped or chosen.
import { el, toast } from "./dom.js";
import { post } from "./api.js";
import { icon } from "./icon.js";

// A file that is larger is refused before it is read, in bytes.
const maxFile = 1 << 20;

// composer makes one. where() says {person, channel, thread, name, command, shortcuts, closed}, refresh asks for what is new.
export function composer(where, refresh, id) {
  const field = el("textarea", { id, rows: 1, "aria-label": "Message", autocomplete: "off" });
  const hint = el("p", { class: "hint", "aria-live": "polite" });
  const file = el("input", { type: "file", hidden: true });
  const also = el("input", { type: "checkbox" });
  const menu = el("div", { class: "shortcuts", role: "menu", hidden: true });
  const bolt = el("button", { type: "button", class: "plain bolt", hidden: true, title: "Shortcuts", "aria-label": "Shortcuts", "aria-haspopup": "menu", "aria-expanded": "false" }, icon("bolt"));
  const form = el("form", { class: "composer" },
    el("div", { class: "box" }, field,
      el("div", { class: "row" }, bolt, menu,
        el("button", { type: "button", class: "plain", title: "Upload a file", "aria-label": "Upload a file", onclick: () => file.click() }, icon("clip")), file,
        el("label", { class: "also hint", hidden: true }, also, " also to the channel"),
        el("button", { class: "button primary send", "aria-label": "Send" }, "Send"))),
    hint);
  const size = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
    const { command } = where();
    hint.textContent = field.value.startsWith("/") ? `${command} … goes to the app only. Its answer is only visible to you.` : "";
  };
  const send = async (event) => {
    event?.preventDefault();
    const text = field.value.trim();
    const { person, channel, thread, closed } = where();
    if (!text || closed) return;
    field.value = "";
    size();
    try {
      if (text.startsWith("/") && !thread) await post(`people/${person}/slash`, { channel, text });
      else if (text.startsWith("/")) throw new Error("Slash commands cannot be used in threads. Type the command without the slash.");
      else await post(`people/${person}/say`, { channel, text, thread, broadcast: Boolean(thread) && also.checked });
      also.checked = false;
    } catch (error) {
      if (text.startsWith("/") && !thread) { refresh(); return; } // Slackbot has said it
      toast(error.message);
      if (!field.value) field.value = text;
    }
    refresh();
  };
  const upload = async (one) => {
    if (!one) return;
    if (one.size > maxFile) { toast(`${one.name} is too large for the sandbox: ${maxFile} bytes at most.`); return; }
    const { person, channel, thread } = where();
    const text = field.value.trim();
    try {
      await post(`people/${person}/upload`, { channel, thread, name: one.name, content: await one.text(), text });
      field.value = "";
      size();
    } catch (error) { toast(error.message); }
    refresh();
  };
  let shift = false;
  field.addEventListener("keydown", (event) => {
    shift = event.shiftKey;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
  });
  field.addEventListener("beforeinput", (event) => { // a line break is made by Shift+Enter only
    if (event.inputType === "insertLineBreak" && !shift) event.preventDefault();
  });
  field.addEventListener("input", size);
  file.addEventListener("change", () => { upload(file.files[0]); file.value = ""; });
  form.addEventListener("submit", send);
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => { event.preventDefault(); upload(event.dataTransfer.files[0]); });
  shortcuts(bolt, menu, where, refresh);
  form.update = () => {
    const { name, closed, thread, shortcuts } = where();
    field.disabled = Boolean(closed);
    field.placeholder = closed || `Message ${name}`;
    also.parentElement.hidden = !thread;
    bolt.hidden = !shortcuts.length;
  };
  form.type = (text) => { field.value = text; size(); field.focus(); };
  return form;
}

// shortcuts is the menu of what the app offers everywhere.
function shortcuts(bolt, menu, where, refresh) {
  const show = (open) => { menu.hidden = !open; bolt.setAttribute("aria-expanded", String(open)); };
  bolt.addEventListener("click", () => {
    const { person, shortcuts } = where();
    menu.replaceChildren(...shortcuts.map((one) => el("button", { type: "button", role: "menuitem", class: "plain", onclick: async () => {
      show(false);
      await post(`people/${person}/shortcut`, { name: one.id }).catch((error) => toast(error.message));
      refresh();
    } }, one.name)));
    show(menu.hidden);
    menu.querySelector("button")?.focus();
  });
  menu.addEventListener("keydown", (event) => { if (event.key === "Escape") { show(false); bolt.focus(); } });
  menu.addEventListener("focusout", (event) => { if (!menu.contains(event.relatedTarget) && event.relatedTarget !== bolt) show(false); });
}
