// Comfort for the panel. Every page works without it.
"use strict";

// What a part of a page gets by the script, also a part that comes later.
function dress(part) {
  // Moments in the time zone of the reader; the title keeps UTC.
  for (const time of part.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.title = time.textContent;
    time.textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  }
  // Browsers have a clipboard for what came over HTTPS, or from this machine.
  for (const button of part.querySelectorAll("button[data-copy]")) button.hidden = !navigator.clipboard;
  for (const all of part.querySelectorAll("input[data-all]")) all.hidden = false;
}
dress(document);

// Buttons that copy what stands beside them.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent);
  button.classList.add("copied");
});

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
document.addEventListener("change", ({ target: all }) => {
  if (!all.dataset.all) return;
  for (const box of document.querySelectorAll(`input[name="${all.dataset.all}"]`)) box.checked = all.checked;
});

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

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (help?.open || (use && !use.checked)) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("q")?.focus();
  } else if (event.key === "?") {
    event.preventDefault();
    help?.showModal();
  } else if (event.key === "j" || event.key === "k") {
    walk(event.key === "j" ? 1 : -1);
  }
});

let stood = -1;
function walk(step) {
  const rows = [...document.querySelectorAll("tbody tr a.row")];
  if (rows.length === 0) return;
  const at = rows.indexOf(document.activeElement);
  stood = Math.max(0, Math.min(rows.length - 1, (at < 0 ? stood : at) + step));
  rows[stood].focus();
}

// A page that is told when what it shows has changed: its parts come anew, but for those in which somebody works.
const live = document.getElementById("live");
if (live) {
  const address = new URL(live.dataset.live, location.href);
  let source = null;

  const isTouched = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (!field.options) return field.value !== field.defaultValue;
    const made = [...field.options].find((option) => option.defaultSelected) ?? field.options[0];
    return made !== field.options[field.selectedIndex];
  };
  const isBusy = (part) => {
    const fields = [...part.querySelectorAll("input:not([type=hidden]), select, textarea")];
    return fields.some((field) => field === document.activeElement || isTouched(field));
  };

  const replace = (part, next) => {
    const known = new Set([...part.querySelectorAll("a.row")].map((row) => row.href));
    const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    for (const row of next.querySelectorAll("a.row")) {
      if (!known.has(row.href)) row.closest("tr").classList.add("fresh");
    }
    part.replaceWith(next);
    if (focused) [...next.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
  };

  const say = (isWhole) => {
    const [renewed, stale] = live.children;
    renewed.hidden = !isWhole;
    stale.hidden = isWhole;
  };

  const renew = async () => {
    const answer = await fetch(location.href, { headers: { "frontdesk-watching": "yes" } });
    if (!answer.ok) return say(false);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    let isWhole = true;
    for (const part of document.querySelectorAll("[data-live-part]")) {
      const next = page.getElementById(part.id);
      if (!next) continue;
      dress(next);
      if (part.isEqualNode(next)) continue;
      if (isBusy(part)) isWhole = false;
      else replace(part, next);
    }
    say(isWhole);
  };

  const listen = () => {
    source ??= new EventSource(address);
    source.onmessage = (event) => {
      address.searchParams.set("state", event.lastEventId);
      renew().catch(() => say(false));
    };
    source.onerror = () => {
      // A connection that breaks comes back by itself; one that was refused does not.
      if (source?.readyState === EventSource.CLOSED) {
        rest();
        setTimeout(look, 30_000);
      }
    };
  };
  const rest = () => {
    source?.close();
    source = null;
  };
  const look = () => (document.visibilityState === "visible" ? listen() : rest());

  document.addEventListener("visibilitychange", look);
  window.addEventListener("pagehide", rest);
  window.addEventListener("pageshow", look);
}
