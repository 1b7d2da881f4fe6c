// A link that ends in #token=… logs in at once, and goes on to where it led. What stands after # is never sent, so it is in no log.
const form = document.querySelector("form");
const token = new URLSearchParams(location.hash.slice(1)).get("token");
const wrong = location.search === "?wrong";
form.elements.next.value = location.pathname;
document.getElementById("wrong").hidden = !wrong;
if (token && !wrong) {
  history.replaceState(null, "", location.pathname);
  form.elements.token.value = token;
  form.submit();
}
