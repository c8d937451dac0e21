// The token stands behind the # of the address, which no browser sends; it leaves the history before it is shown.
function enter() {
  const token = decodeURIComponent(location.hash.slice(1));
  if (!token) return;
  history.replaceState(null, "", location.pathname + location.search);
  const field = document.getElementById("token");
  field.value = token;
  field.form.requestSubmit();
}
addEventListener("hashchange", enter);
enter();
