// A link that ends in #token=… logs in at once. What stands after # is never sent, so it is in no log.
const form = document.querySelector("form");
const token = new URLSearchParams(location.hash.slice(1)).get("token");
document.getElementById("wrong").hidden = location.search !== "?wrong";
form.elements.next.value = location.pathname;
if (token && location.search !== "?wrong") {
  history.replaceState(null, "", location.pathname);
  form.elements.token.value = token;
  form.submit();
}
