"use strict";
// Links, forms and sorting work without this script. With it, they replace parts of the
// page instead of loading another page, the list of cookies stays up to date, and decisions
// are shown as they are made. Text from the jar is inserted as text, never as markup.

const $ = (id) => document.getElementById(id);

// --- Parts of the page, rendered by the server.

const parts = ["totals", "sites", "state", "list", "detail", "forms"];
let latest = 0; // number of the last request; responses to older ones are dropped

// show replaces the parts of this page by those of a response. It keeps focus and scroll
// position.
async function show(request) {
  const number = ++latest;
  const response = await request;
  if (!response.ok) throw new Error(await response.text());
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  if (number !== latest) return null;
  const focused = document.activeElement && document.activeElement.id;
  for (const id of parts) {
    const old = $(id), fresh = document.adoptNode(next.getElementById(id));
    const { scrollTop, scrollLeft } = old;
    old.replaceWith(fresh);
    fresh.scrollTo(scrollLeft, scrollTop);
  }
  if (focused && $(focused)) $(focused).focus({ preventScroll: true });
  return response;
}

// go shows the page at a URL and updates the address bar.
let going = 0; // number of calls in progress
async function go(url, remember) {
  going++;
  try {
    const response = await show(fetch(url));
    if (!response) return;
    if (remember) history.pushState(null, "", response.url);
    else history.replaceState(null, "", response.url);
  } catch {
    location.assign(url); // let the browser show the error
  } finally {
    going--;
  }
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  let link = event.target.closest("a");
  const row = event.target.closest("#list tbody tr");
  if (!link && row && getSelection().isCollapsed) link = row.querySelector("td.name a");
  if (!link || !link.closest("#sites, #list, #detail")) return;
  if (new URL(link.href).pathname !== location.pathname) return;
  event.preventDefault();
  go(link.href, true);
});
addEventListener("popstate", () => show(fetch(location.href)).then(fillIn, () => {}));
const fillIn = () => { $("q").value = new URLSearchParams(location.search).get("q") || ""; };

const filter = $("filter");
const filterURL = () => new URL("./?" + new URLSearchParams([...new FormData(filter)].filter(([, v]) => v)), location.href);
let typing;
filter.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(() => go(filterURL(), false), 150); });
filter.addEventListener("submit", (event) => {
  if (event.submitter && event.submitter.form !== filter) return;
  event.preventDefault();
  clearTimeout(typing);
  go(filterURL(), true);
});

// A posted form is answered with a redirect to the page.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  try {
    const response = await show(fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }));
    if (response) history.replaceState(null, "", response.url);
  } catch { form.submit(); }
});

// --- Keys.

function step(by) {
  const links = [...document.querySelectorAll("#list td.name a")];
  const at = links.indexOf(document.activeElement);
  const to = links[Math.max(0, Math.min(links.length - 1, at < 0 ? 0 : at + by))];
  if (to) to.focus();
}
document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  const field = event.target.matches("input, select, textarea");
  if (event.key === "Escape") {
    const open = document.querySelector(".confirm[open]");
    if (open) open.open = false;
    else if (field && event.target.value) return; // the browser clears the field
    else if (field) event.target.blur();
    else if ($("d-close")) $("d-close").click();
    return;
  }
  if (event.key === "ArrowDown" && event.target.id === "q") { event.preventDefault(); step(0); return; }
  if (field || event.target.closest("#log")) return;
  switch (event.key) {
    case "/": event.preventDefault(); $("q").select(); break;
    case "ArrowDown": case "j": event.preventDefault(); step(1); break;
    case "ArrowUp": case "k": event.preventDefault(); step(-1); break;
  }
});

// --- Decisions, as they are made.

const maxShown = 1000;
const log = $("log"), which = $("which"), find = $("find"), pause = $("pause");
let held = []; // decisions received while the list is paused
let last = 0;  // number of the last message
let lastEvent = null, header = null;

const el = (tag, kind, text) => {
  const e = document.createElement(tag);
  e.className = kind;
  if (text) e.textContent = text;
  return e;
};
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 1, hourCycle: "h23" });

function addHeader(d) {
  header = el("li", "request");
  const time = el("time", "", clock.format(d.time));
  time.dateTime = new Date(d.time).toISOString();
  const what = el("span", "what");
  what.append(el("span", "way", d.op === "sending" ? "→ " : "← "), d.request || "a ready-made cookie");
  what.title = d.request || "";
  header.append(time, what);
  if (d.explain) {
    const link = el("a", "", "Explain");
    link.href = "explain?" + d.explain;
    link.target = "_blank";
    header.append(link);
  }
  log.append(header);
}

function add(d) {
  if (d.gap) { log.append(el("li", "gap", "not recorded while no page was open")); lastEvent = null; }
  if (d.event !== lastEvent) addHeader(d);
  lastEvent = d.event;
  const item = el("li", "decision");
  const why = el("span", "why");
  const scope = el("span", "scope", d.scope);
  if (d.reason) why.append(el("span", "reason", d.reason), " ");
  if (d.why) why.append(el("span", "explanation", d.why), " ");
  if (d.rule) why.append(el("span", "rule", d.rule));
  if (d.note) why.append(el("span", "rule", d.note));
  item.append(el("span", ""), el("span", "outcome " + d.outcome, d.outcome), el("span", "name", d.name || "no name"), scope, why);
  item.title = d.name + " for " + d.scope;
  item.outcome = d.outcome;
  item.header = header;
  item.text = [d.outcome, d.name, d.scope, d.reason, d.request].join(" ").toLowerCase();
  sift(item);
  log.append(item);
  if (d.more) log.append(el("li", "more", `and ${d.more.toLocaleString()} more of the same ${d.op === "sending" ? "request" : "response"}`));
}

// sift hides an item that does not match the filters.
function sift(item) {
  const words = find.value.toLowerCase().split(/\s+/);
  item.hidden = which.value && !which.value.split(" ").includes(item.outcome) || !words.every((w) => item.text.includes(w));
  if (!item.header.wanted) item.header.hidden = item.hidden;
  item.header.wanted ||= !item.hidden;
}
function siftAll() {
  for (const item of log.children) item.wanted = false;
  for (const item of log.children) if (item.header) sift(item);
  tell();
}
which.addEventListener("change", siftAll);
find.addEventListener("input", siftAll);

function addAll(decisions) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 30;
  const note = log.querySelector(".note");
  if (note && decisions.length) note.remove();
  for (const d of decisions.slice(-maxShown)) add(d);
  for (let n = log.querySelectorAll(".decision").length; n > maxShown;) {
    const oldest = log.firstElementChild;
    if (oldest.matches(".decision")) n--;
    oldest.remove();
  }
  if (atEnd) log.scrollTop = log.scrollHeight;
  tell();
}

function tell() {
  const items = log.querySelectorAll(".decision"), shown = log.querySelectorAll(".decision:not([hidden])");
  let text = items.length ? `last ${items.length.toLocaleString()}` : "";
  if (shown.length < items.length) text = `${shown.length.toLocaleString()} of ` + text;
  if (held.length) text += `, ${held.length.toLocaleString()} more since the pause`;
  $("recorded").textContent = text;
}

pause.addEventListener("click", () => {
  const on = pause.getAttribute("aria-pressed") !== "true";
  pause.setAttribute("aria-pressed", on);
  pause.textContent = on ? "Resume" : "Pause";
  if (!on) { const all = held; held = []; addAll(all); }
});

function receive(event) {
  const m = JSON.parse(event.data);
  if (m.missed && last) log.append(el("li", "gap", `${m.missed.toLocaleString()} older decisions were dropped`));
  if (pause.getAttribute("aria-pressed") === "true") { held = held.concat(m.decisions).slice(-maxShown); tell(); }
  else addAll(m.decisions);
  last = Number(event.lastEventId) || last;
  for (const [key, text] of Object.entries(m.worker || {})) $("w-" + key).textContent = text;
  const changed = !first && m.decisions.some((d) => d.op !== "sending") || m.cookies !== Number($("totals").dataset.cookies);
  const stale = Date.now() - refreshed > 14000; // texts such as "in 5 minutes" are outdated
  if (changed || stale) refreshSoon();
  first = false;
}

// --- Refreshing cookies when they change: at most every two seconds, for at most a tenth
// of the time, and not while the user is busy.

let first = true, refreshed = Date.now(), took = 0, due;
function refreshSoon() {
  due ||= setTimeout(refresh, Math.max(100, refreshed + Math.max(2000, 10 * took) - Date.now()));
}
async function refresh() {
  due = undefined;
  const busy = going || !getSelection().isCollapsed || document.querySelector(".confirm[open]") || document.hidden;
  const start = Date.now();
  if (!busy) {
    try { await show(fetch(location.href)); } catch { /* the stream shows that the server is gone */ }
    took = Date.now() - start;
  }
  refreshed = Date.now();
  if (busy && !document.hidden) refreshSoon();
}

// --- The stream of decisions, open while the page is visible.

let stream;
function say(state, text) { $("live").className = "live " + state; $("live").textContent = text; }
function look() {
  if (document.hidden) {
    if (stream) stream.close();
    stream = undefined;
    say("", "not live");
  } else if (!stream) {
    stream = new EventSource("events?last=" + last);
    stream.onopen = () => say("on", "live");
    stream.onerror = () => say("off", "not connected");
    stream.onmessage = receive;
  }
}
document.addEventListener("visibilitychange", look);
look();
