// What the dashboard's pages do besides being read: times in the viewer's own clock, a log that is followed, questions before
// what destroys. Every page works without it.
"use strict";
(() => {
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

  const near = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const far = new Intl.DateTimeFormat(undefined, {
    year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  const moment = (date) => (date.toDateString() === new Date().toDateString() ? near : far).format(date);

  // duration is as the bot writes it: 0.4 s, 31 s, 2 m 14 s, 1 h 5 m, 3 d 4 h.
  function duration(seconds) {
    const s = Math.max(0, Math.floor(seconds));
    const two = (a, unit, b, small) => `${a} ${unit}${b ? ` ${b} ${small}` : ""}`;
    if (s < 60) return `${s} s`;
    if (s < 3600) return two(Math.floor(s / 60), "m", s % 60, "s");
    if (s < 86400) return two(Math.floor(s / 3600), "h", Math.floor((s % 3600) / 60), "m");
    return two(Math.floor(s / 86400), "d", Math.floor((s % 86400) / 3600), "h");
  }

  function put(node, text) {
    if (node.textContent !== text) {
      node.textContent = text;
    }
  }

  function tellTimes(from = document) {
    for (const time of $$("time[datetime]", from)) {
      const at = new Date(time.dateTime);
      if ("clock" in time.dataset) {
        put(time, near.format(at));
      } else if (!tick(time)) {
        put(time, moment(at));
      }
      time.title = `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
    }
  }

  // tick tells how long ago something was, or how long it lasts already; false when that is not what is told.
  function tick(time) {
    const seconds = (Date.now() - new Date(time.dateTime)) / 1000;
    if ("ago" in time.dataset) {
      put(time, seconds < 1 ? "just now" : `${duration(seconds)} ago`);
    } else if ("since" in time.dataset) {
      put(time, duration(seconds));
    } else {
      return false;
    }
    return true;
  }

  // What an act said is shown once: the address is the page's own again.
  const here = new URL(location.href);
  if (here.searchParams.has("said")) {
    here.searchParams.delete("said");
    history.replaceState(null, "", here);
  }

  // What destroys something is asked about once more.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    const question = button?.dataset.ask;
    if (question && !confirm(question)) {
      event.preventDefault();
      return;
    }
    if (event.target.method === "post") {
      setTimeout(() => $$("button", event.target).forEach((b) => (b.disabled = true)));
    }
  });
  addEventListener("pageshow", () => $$("form[method=post] button").forEach((b) => (b.disabled = false)));

  // What is empty is not part of a filter's address.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[method=get]")) {
      $$("input, select", event.target).forEach((field) => (field.disabled ||= field.value === ""));
    }
  });
  addEventListener("pageshow", () => $$("form[method=get] :disabled").forEach((field) => (field.disabled = false)));

  // Whoever is distracted by what changes stops it, on all pages that they open from then on.
  const pause = document.querySelector("#pause");
  const paused = "handsoff-paused";
  function rests(yes) {
    livePage.pause(yes);
    pause?.setAttribute("aria-pressed", yes);
  }
  try {
    rests(localStorage.getItem(paused) === "yes");
  } catch {
    // the browser keeps nothing: each page goes on
  }
  pause?.addEventListener("click", () => {
    const yes = pause.getAttribute("aria-pressed") !== "true";
    rests(yes);
    try {
      localStorage.setItem(paused, yes ? "yes" : "no");
    } catch {
      // likewise
    }
  });

  // A log that is followed: its lines are told by themselves.
  function follow(log) {
    const box = log.querySelector("ol");
    const toggle = document.querySelector("#follow");
    let following = toggle ? toggle.checked : true;
    const most = 2000; // lines
    const toEnd = () => following && (log.scrollTop = log.scrollHeight);
    toggle?.addEventListener("change", () => {
      following = toggle.checked;
      toEnd();
    });
    // Whoever scrolls up reads; whoever comes back to the end follows.
    log.addEventListener("scroll", () => {
      const end = log.scrollHeight - log.scrollTop - log.clientHeight < 8;
      if (toggle && toggle.checked !== end) {
        toggle.checked = following = end;
      }
    });
    toEnd();
    function take({ html, over }) {
      const stuck = following;
      box.insertAdjacentHTML("beforeend", html);
      while (box.children.length > most) {
        box.firstElementChild.remove();
      }
      following = stuck;
      toEnd();
      if (over) {
        box.dataset.empty = "It wrote nothing.";
        toggle?.closest("label").remove();
      }
    }
    if (log.dataset.log) {
      livePage.follow(log.dataset.log, { event: "lines", at: log.dataset.after, take });
    }
  }
  $$("[data-follows]").forEach(follow);

  // What an act said stands on top of the page from the beginning, and is told to those who only hear of changes.
  const notice = document.querySelector(".notices .notice pre");
  if (notice) {
    livePage.tell(notice.textContent);
  }

  // On a phone the navigation is wider than the screen: it begins at the page that one is on.
  const at = document.querySelector(".top nav [aria-current]");
  if (at) {
    const nav = at.closest("nav");
    nav.scrollLeft = at.offsetLeft - (nav.clientWidth - at.offsetWidth) / 2;
  }

  tellTimes();
  let day = new Date().toDateString();
  setInterval(() => {
    if (document.documentElement.dataset.stream && livePage.paused()) {
      return;
    }
    const today = new Date().toDateString();
    if (day !== today) {
      day = today;
      tellTimes(); // of what was today the hour is not enough any more
    }
    $$("time[data-ago], time[data-since]").forEach(tick);
  }, 1000);
  livePage.begin({ before: tellTimes });
})();
