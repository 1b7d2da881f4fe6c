// Keeps what has the attribute data-live up to date, unless somebody is at work in it. Without this script a reload does.
const every = 1000;

async function refresh() {
  const parts = [...document.querySelectorAll("[data-live]")];
  if (parts.length === 0 || document.hidden) return;
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts) {
    const now = fresh.getElementById(part.id);
    const busy = part.contains(document.activeElement) || part.querySelector("details.edit[open]");
    if (now && !busy && now.innerHTML !== part.innerHTML) part.innerHTML = now.innerHTML;
  }
}

async function watch() {
  try {
    await refresh();
  } catch {
    // It is not there for a moment; the next look may find it.
  }
  setTimeout(watch, every);
}

document.getElementById("who")?.addEventListener("change", (event) => event.target.form.submit());
setTimeout(watch, every);
