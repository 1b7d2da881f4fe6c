// What the page asks of the sandbox. URLs are absolute: one with a password in it, as in the address bar, cannot be fetched.
const root = location.origin + "/sandbox/";

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (response.status === 401) { location.assign("/"); }
  if (!response.ok) {
    const error = new Error(body.error || `The sandbox answered ${response.status}.`);
    error.flaws = body.flaws;
    throw error;
  }
  return body;
}

export async function get(path, query = {}) {
  const params = new URLSearchParams(Object.entries(query).filter(([, value]) => value));
  return answer(await fetch(`${root}${path}?${params}`, { credentials: "same-origin" }));
}

export async function post(path, body = {}) {
  return answer(await fetch(root + path, {
    method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  }));
}
