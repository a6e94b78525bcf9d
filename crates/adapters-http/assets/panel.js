// Comfort for the panel. Every page works without it.
"use strict";

// Moments in the time zone of the reader; the title keeps UTC.
for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) continue;
  time.title = time.textContent;
  time.textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
}

// Buttons that copy what stands beside them.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent);
  button.classList.add("copied");
});
// Browsers have a clipboard for what came over HTTPS, or from this machine.
for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = !navigator.clipboard;

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// One box ticks all rows.
for (const all of document.querySelectorAll("input[data-all]")) {
  all.hidden = false;
  all.addEventListener("change", () => {
    for (const box of document.querySelectorAll(`input[name="${all.dataset.all}"]`)) box.checked = all.checked;
  });
}

// Filters are used as soon as they are chosen.
for (const select of document.querySelectorAll("form[data-auto] select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// Keys: "/" searches, "j" and "k" walk through the rows, "Enter" opens one, "?" tells all that. Whoever speaks to the
// browser, or hits keys by chance, can switch them off (WCAG 2.1, criterion 2.1.4); the link in the footer stays.
const help = document.getElementById("keys");
const use = document.getElementById("keys-on");
if (use) {
  use.checked = localStorage.getItem("keys") !== "off";
  use.addEventListener("change", () => localStorage.setItem("keys", use.checked ? "on" : "off"));
}
document.querySelector("a[data-keys]")?.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  help.showModal();
});

const rows = [...document.querySelectorAll("tbody tr a.row")];
let at = -1;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (help?.open || (use && !use.checked)) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("q")?.focus();
  } else if (event.key === "?") {
    event.preventDefault();
    help?.showModal();
  } else if ((event.key === "j" || event.key === "k") && rows.length > 0) {
    at = Math.max(0, Math.min(rows.length - 1, at + (event.key === "j" ? 1 : -1)));
    rows[at].focus();
  }
});
