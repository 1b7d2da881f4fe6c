// Keeps a page up to date: listens to a stream of its parts, or asks for them where streams do not come through, and changes
// only what differs. A page's own script says what else is to be done by livePage.begin({...}).
"use strict";
const livePage = (() => {
  const root = document.documentElement;
  root.classList.add("script");

  // A part that came is compared with the one that is there, and only what differs is changed: whoever is reading, typing
  // or standing on a link there stays where they are.

  const kept = new Set(["hidden", "aria-current", "open"]);
  const keyOf = (node) => (node.nodeType === 1 ? node.id || node.dataset.key || "" : "");
  const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && keyOf(a) === keyOf(b);

  function morph(old, fresh) {
    if (old.nodeType !== 1) {
      if (old.data !== fresh.data) {
        old.data = fresh.data;
      }
      return;
    }
    if (old.hasAttribute("data-own")) {
      return; // the page's own script keeps it
    }
    for (const { name } of [...old.attributes]) {
      if (!fresh.hasAttribute(name) && !kept.has(name)) {
        old.removeAttribute(name);
      }
    }
    for (const { name, value } of fresh.attributes) {
      if (old.getAttribute(name) !== value && !kept.has(name)) {
        old.setAttribute(name, value);
      }
    }
    let at = old.firstChild;
    for (const next of [...fresh.childNodes]) {
      let same = at;
      while (same && !alike(same, next)) {
        same = keyOf(next) ? same.nextSibling : null; // what has no name is looked for in its place only
      }
      if (!same) {
        old.insertBefore(next, at);
        continue;
      }
      while (at !== same) {
        const gone = at;
        at = at.nextSibling;
        gone.remove();
      }
      morph(same, next);
      at = same.nextSibling;
    }
    while (at) {
      const gone = at;
      at = at.nextSibling;
      gone.remove();
    }
  }

  const told = [];
  let telling = 0;

  // tell says what is new to those who listen to the page, at most every three seconds, so that they can read on.
  function tell(text) {
    if (text && !told.includes(text)) {
      told.push(text);
    }
    telling ||= setTimeout(() => {
      telling = 0;
      const news = document.querySelector("#news");
      if (news && told.length) {
        news.textContent = told.length > 3 ? `${told.length} entries changed.` : told.join(" ");
      }
      told.length = 0;
    }, 3000);
  }

  // sayings are what those hear who do not see the page, of what is to be seen.
  const sayings = () =>
    new Map([...document.querySelectorAll("[data-say]")].filter((node) => !node.hidden).map((node) => [keyOf(node), node.dataset.say]));

  let before = () => {};
  let after = () => {};

  function take(message) {
    if (!message.parts.length) {
      return;
    }
    const said = sayings();
    for (const { id, html } of message.parts) {
      const old = document.getElementById(id);
      if (!old) {
        continue;
      }
      const template = document.createElement("template");
      template.innerHTML = html;
      const fresh = template.content.firstElementChild;
      if (fresh.tagName === "LINK") {
        if (old.getAttribute("href") !== fresh.getAttribute("href")) {
          old.removeAttribute("id");
          old.after(document.importNode(fresh, true));
          document.getElementById(id).addEventListener("load", () => old.remove(), { once: true });
        }
        continue;
      }
      before(template.content);
      morph(old, document.importNode(fresh, true));
    }
    after();
    for (const [name, saying] of sayings()) {
      if (said.get(name) !== saying) {
        tell(saying);
      }
    }
  }

  // Whoever pauses a page has it rest: nothing is asked for, and nothing changes, until they have it go on.
  let pausing = false;
  const followers = [];
  function pause(yes) {
    pausing = yes;
    if (root.dataset.stream) {
      say(yes ? "paused" : "", yes ? "This page is paused, and shows what was." : "");
    }
    followers.forEach(({ rest, wake }) => (yes ? rest() : wake()));
  }

  const state = document.querySelector("#state");
  function say(how, text) {
    if (pausing && how !== "paused") {
      return;
    }
    root.dataset.live = how;
    if (state && state.textContent !== text) {
      state.textContent = text;
    }
  }

  // follow has take told what is new at an address: it listens to a stream there, or asks every few seconds (the path with
  // ".json") where streams do not come through. A message says up to where it goes (at), and perhaps that there is more already,
  // or that all is over.
  function follow(address, { event, at, take, say = () => {} }) {
    const [path, query] = address.split("?");
    const behind = (kind) => `${path}${kind}?${query ? `${query}&` : ""}after=${encodeURIComponent(at)}`;
    let failures = 0;
    let source = null;
    let rests = false;

    // A page that nobody sees, in another tab or left and kept by the browser to come back to, has no stream: of the six
    // connections that a host gets, none would be left for other pages.
    function rest() {
      rests ||= Boolean(source);
      source?.close();
      source = null;
    }
    function wake() {
      if (rests && !pausing) {
        rests = false;
        listen();
      }
    }
    followers.push({ rest, wake });
    addEventListener("pagehide", rest);
    addEventListener("pageshow", ({ persisted }) => persisted && wake());
    document.addEventListener("visibilitychange", () => (document.hidden ? rest() : wake()));

    function took(message) {
      take(message);
      at = message.at;
    }

    function listen() {
      if (document.hidden || pausing) {
        rests = true;
        return;
      }
      if (!window.EventSource) {
        ask();
        return;
      }
      source = new EventSource(behind(""));
      source.addEventListener("hello", () => {
        failures = 0;
        say("stream", "This page keeps itself up to date.");
      });
      source.addEventListener(event, ({ data }) => {
        failures = 0;
        const message = JSON.parse(data);
        took(message);
        if (message.over) {
          source.close();
          source = null;
        }
      });
      source.onerror = () => {
        // A stream ends by itself now and then. The next begins where the page is, not where the first stream began.
        source.close();
        source = null;
        failures++;
        if (failures > 3) {
          ask();
        } else {
          setTimeout(listen, failures === 1 ? 100 + Math.random() * 900 : failures * 1500);
        }
      };
    }

    // ask asks so many times, and tries a stream again then.
    function ask(left = 40) {
      if (document.hidden || pausing) {
        rests = true;
        return;
      }
      let pause = 4000 + Math.random() * 2000;
      let over = false;
      fetch(behind(".json"))
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
        .then((message) => {
          say("polling", "This page looks for news every few seconds.");
          took(message);
          pause = message.more ? 0 : pause;
          over = message.over;
        })
        .catch((status) => say("lost", status === 403 ? "You may not see this any more; load the page anew." : "There is no connection; this page may be out of date."))
        .finally(() => {
          if (over) {
            return;
          }
          if (left > 1) {
            setTimeout(ask, pause, left - 1);
          } else {
            failures = 0;
            listen();
          }
        });
    }

    listen();
  }

  // begin follows the page's stream, where it has one. before is given what came, to be made ready; after is called when it is
  // in the page.
  function begin(hooks = {}) {
    before = hooks.before ?? before;
    after = hooks.after ?? after;
    if (root.dataset.stream) {
      follow(root.dataset.stream, { event: "parts", at: root.dataset.at, take, say });
    }
  }

  return { begin, follow, tell, pause, paused: () => pausing };
})();
