// What the page asks of the sandbox. URLs are absolute: one with a password in it, as in the address bar, cannot be fetched.
const root = location.origin + "/sandbox/";

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (response.status === 401) { location.reload(); }
  if (!response.ok || body.error) { throw new Error(body.error || `The sandbox answered ${response.status}.`); }
  return body;
}

export async function get(path, query = {}) {
  return answer(await fetch(`${root}${path}?${new URLSearchParams(query)}`, { credentials: "same-origin" }));
}

async function post(path, body) {
  return answer(await fetch(root + path, {
    method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  }));
}

// The person who is played, kept for the next visit.
const mine = "sandbox-gerrit-me";
export const me = () => localStorage.getItem(mine) ?? "ann";
export const setMe = (name) => localStorage.setItem(mine, name);

// act makes the person do something.
export const act = (what, body) => post(`people/${encodeURIComponent(me())}/${what}`, body);
export const changes = (q) => get(`people/${encodeURIComponent(me())}/changes`, { q });
export const change = (number) => get(`people/${encodeURIComponent(me())}/change`, { number });
