// Keeps a page up to date, and makes search, days and my tracks instant. Everything here works without it, a reload later.
"use strict";
(() => {
  const root = document.documentElement;
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

  // Times. The event's are in the page; the viewer's are put beside them where the clocks differ, but on a hall's sign.

  const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const dayOf = new Intl.DateTimeFormat(undefined, { weekday: "short" });
  const wall = (date, zone) => {
    try {
      return new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(date);
    } catch {
      return null; // a zone that this browser does not know
    }
  };
  const yours = (date) => (root.dataset.zone && wall(date, root.dataset.zone) !== wall(date) ? clock.format(date) : null);
  const otherDay = (date) => wall(date, root.dataset.zone)?.slice(0, 3) !== wall(date)?.slice(0, 3);

  function tellTimes(from) {
    for (const time of $(".sign") ? [] : $$("time[data-clock]", from)) {
      const start = new Date(time.dateTime);
      const end = time.dataset.end ? new Date(time.dataset.end) : null;
      const mine = yours(start);
      let beside = time.nextElementSibling;
      if (!beside?.classList.contains("yours")) {
        beside = null;
      }
      if (!mine) {
        beside?.remove();
        continue;
      }
      if (!beside) {
        beside = document.createElement("span");
        beside.className = "yours soft";
        time.after(beside);
      }
      beside.textContent = ` (${otherDay(start) ? dayOf.format(start) + " " : ""}${mine}${end ? "–" + clock.format(end) : ""} your time)`;
    }
  }

  function tellAges(from) {
    for (const age of $$("[data-since]", from)) {
      const minutes = Math.max(0, Math.floor((Date.now() - new Date(age.dataset.since)) / 60000));
      const text = minutes < 1 ? "just now" : minutes < 60 ? `${minutes} min ago` : minutes < 1440 ? `${Math.floor(minutes / 60)} h ago` : `${Math.floor(minutes / 1440)} d ago`;
      if (age.textContent !== text) {
        age.textContent = text;
      }
    }
  }

  function tellClock() {
    for (const face of $$("[data-face]")) {
      const text = wall(new Date(), root.dataset.zone)?.slice(-5) ?? clock.format(new Date());
      if (face.textContent !== text) {
        face.textContent = text;
      }
    }
  }

  // The filter lives in the address, so that it can be kept, sent and gone back to.

  const form = $("form.filter");

  function wanted() {
    const query = new URLSearchParams(location.search);
    return {
      words: (query.get("q") || "").toLowerCase().split(/\s+/).filter(Boolean),
      mine: new Set(query.getAll("mine").flatMap((m) => m.split(",")).map((m) => m.trim().toLowerCase()).filter(Boolean)),
    };
  }

  const fits = (words, text) => words.every((word) => (text || "").includes(word));

  function filter(from) {
    const { words, mine } = wanted();
    const active = words.length > 0 || mine.size > 0;
    for (const item of $$("[data-words]", from)) {
      const cells = $$("[data-cell]", item);
      const named = fits(words, item.dataset.words);
      let any = cells.length === 0 && named && (mine.size === 0 || mine.has(item.dataset.track));
      for (const cell of cells) {
        const free = cell.dataset.track === "";
        const shown = !active || (free ? mine.size === 0 && named : (named || fits(words, cell.dataset.cell)) && (mine.size === 0 || mine.has(cell.dataset.track)));
        cell.classList.toggle("dim", !shown);
        any ||= shown;
      }
      item.hidden = !any;
    }
    for (const none of $$("[data-none]", from)) {
      const list = document.getElementById(none.dataset.none) || $(`#${none.dataset.none}`, from);
      none.hidden = Boolean(list && $$("[data-words]", list).some((item) => !item.hidden));
    }
  }

  function remember() {
    const query = new URLSearchParams();
    const day = new URLSearchParams(location.search).get("day");
    for (const [name, value] of new FormData(form)) {
      if (value.trim() && name !== "day") {
        query.append(name, value);
      }
    }
    if (day) {
      query.set("day", day);
    }
    go(query);
  }

  // go puts a query into the address, without a new page.
  function go(query) {
    const text = query.toString();
    history.replaceState(null, "", text ? "?" + text : location.pathname);
    carry(query);
    filter(document);
    const count = $("#mine-count");
    if (count) {
      const n = wanted().mine.size;
      count.textContent = n ? ` (${n})` : "";
    }
    for (const clear of $$("[data-clear]")) {
      clear.hidden = !query.has("q") && !query.has("mine");
    }
  }

  // carry has the links to other pages of this gathering keep the filter.
  function carry(query) {
    const kept = new URLSearchParams();
    for (const name of ["q", "mine"]) {
      query.getAll(name).forEach((value) => kept.append(name, value));
    }
    for (const link of $$("a[data-keep]")) {
      const url = new URL(link.getAttribute("href"), location.href);
      const own = new URLSearchParams([...url.searchParams].filter(([name]) => name !== "q" && name !== "mine"));
      kept.forEach((value, name) => own.append(name, value));
      link.setAttribute("href", link.getAttribute("href").split("?")[0] + (own.size ? "?" + own : ""));
    }
    const tracks = [...wanted().mine].join(",");
    for (const link of $$("a[data-mine]")) {
      link.parentElement.hidden = !tracks;
      link.setAttribute("href", link.dataset.mine + "?tracks=" + encodeURIComponent(tracks));
    }
  }

  function readForm() {
    const { mine } = wanted();
    for (const box of $$("input[name=mine]", form)) {
      box.checked = mine.has(box.value);
    }
  }

  if (form) {
    form.addEventListener("input", remember);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      remember();
    });
    document.addEventListener("keydown", (event) => {
      const menu = $("details[open]", form);
      if (event.key === "Escape" && menu) {
        menu.open = false;
        $("summary", menu).focus();
      }
    });
    document.addEventListener("click", (event) => {
      const menu = $("details[open]", form);
      if (menu && !menu.contains(event.target)) {
        menu.open = false;
      }
      if (event.target.closest("[data-clear]")) {
        event.preventDefault();
        $("input[type=search]", form).value = "";
        $$("input[name=mine]", form).forEach((box) => (box.checked = false));
        remember();
        $("input[type=search]", form).focus();
      }
    });
  }

  // Days of the schedule.

  function showDay() {
    const days = $$(".day");
    if (days.length === 0) {
      return;
    }
    const asked = new URLSearchParams(location.search).get("day");
    const shown = days.find((day) => day.dataset.day === asked) || days.find((day) => day.dataset.chosen) || days[0];
    for (const day of days) {
      day.hidden = day !== shown;
    }
    for (const tab of $$(".tabs a")) {
      if (tab.dataset.day === shown.dataset.day) {
        tab.setAttribute("aria-current", "true");
      } else {
        tab.removeAttribute("aria-current");
      }
    }
  }

  function reachRunning() {
    const wide = $(".day:not([hidden]) .wide");
    const running = wide && $("thead .on", wide);
    if (running) {
      wide.scrollLeft = running.offsetLeft - $("thead th", wide).offsetWidth - 8;
    }
  }

  document.addEventListener("click", (event) => {
    const tab = event.target.closest?.(".tabs a");
    if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    const query = new URLSearchParams(location.search);
    query.set("day", tab.dataset.day);
    go(query);
    showDay();
    reachRunning();
  });

  // New state: what came is made ready before it is in the page, and what the viewer chose is put back after it.

  // What the event is called, its clock, or which event it is, stands everywhere in a page: it is loaded anew, by not all at once.
  const event = () => document.getElementById("event")?.getAttribute("content");
  const begun = event();
  let anew = 0;

  function arrived() {
    if (event() !== begun) {
      anew ||= setTimeout(() => location.reload(), Math.random() * 2000);
    }
    if (form) {
      readForm();
    }
    showDay();
    carry(new URLSearchParams(location.search));
    filter(document);
    turned();
  }

  function prepare(fresh) {
    tellTimes(fresh);
    tellAges(fresh);
  }

  // Signs turn their pages by themselves; whoever stands before one can stop that.

  const sign = $(".sign main");
  let leaf = 0;
  let paused = false;

  function turn(step = 1) {
    if (!sign) {
      return;
    }
    const parts = $$(":scope > section[data-leaf]", sign);
    parts.forEach((part) => (part.hidden = true));
    const all = [];
    // Only one part at a time is measured: the others are hidden.
    for (const part of parts) {
      parts.forEach((other) => (other.hidden = other !== part));
      all.push(...leavesOf(part));
    }
    parts.forEach((part) => (part.hidden = true));
    if (!all.length) {
      parts.forEach((part) => (part.hidden = !part.textContent.trim()));
      return;
    }
    leaf = (leaf + step + all.length) % all.length;
    const [part, ids] = all[leaf];
    part.hidden = false;
    $$("[data-words]", part).forEach((item) => (item.hidden = !ids.includes(item.id)));
    if (step) {
      part.classList.remove("turning");
      void part.offsetWidth; // begins the animation anew
      part.classList.add("turning");
    }
    const at = $("#leaf");
    if (at) {
      at.textContent = `${leaf + 1} of ${all.length}`;
    }
  }

  // leavesOf are what a part shows one after the other: as much of it as fits onto the screen.
  function leavesOf(part) {
    const items = $$("[data-words]", part);
    const room = sign.clientHeight - (part.offsetTop - sign.offsetTop) - 8;
    const all = [];
    let rest = items;
    while (rest.length) {
      items.forEach((item) => (item.hidden = !rest.includes(item)));
      const top = part.getBoundingClientRect().top;
      let n = rest.findIndex((item) => item.getBoundingClientRect().bottom - top > room);
      n = n === -1 ? rest.length : Math.max(1, n);
      all.push([part, rest.slice(0, n).map((item) => item.id)]);
      rest = rest.slice(n);
    }
    return all;
  }

  const turned = () => sign && turn(0);

  if (sign) {
    const button = $("#pause");
    const toggle = () => {
      paused = !paused;
      button.textContent = paused ? "Go on" : "Pause";
      button.setAttribute("aria-pressed", String(paused));
    };
    button.hidden = false;
    button.addEventListener("click", toggle);
    addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight") turn(1);
      if (event.key === "ArrowLeft") turn(-1);
    });
    addEventListener("resize", turned);
    setInterval(() => paused || turn(1), 12000);
  }

  tellTimes(document);
  tellAges(document);
  tellClock();
  showDay();
  reachRunning();
  if (form) {
    readForm();
    go(new URLSearchParams(location.search));
  }
  turned();
  livePage.begin({ before: prepare, after: arrived });
  setInterval(() => tellAges(document), 20000);
  setInterval(tellClock, 1000);
  addEventListener("popstate", () => {
    showDay();
    filter(document);
  });
})();
