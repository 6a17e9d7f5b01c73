// What htmx does not do: short links, what changed, tick boxes of the guide. Pages work without it.
"use strict";

// A field that holds its default, or nothing, is left out of the link.
document.addEventListener("htmx:configRequest", (event) => {
  const form = event.detail.elt;
  if (!(form instanceof HTMLFormElement)) return;
  for (const input of form.querySelectorAll("[name]")) {
    const value = input.type === "checkbox" ? (input.checked ? "true" : "") : input.value.trim();
    if (value === "" || value === input.dataset.default) event.detail.parameters.delete(input.name);
  }
});

const money = (usd, { unit, currency }) =>
  new Intl.NumberFormat("en-US", { style: "currency", currency, maximumFractionDigits: 0 }).format(usd / unit);
const time = (s) => (s < 1 ? (s * 1e3).toPrecision(3) + " ms" : s.toPrecision(3) + " s");
const signed = (x, words) => (x < 0 ? "−" : "+") + words;
let before = null; // the last answer that differs from the one shown
let shown = null;

const read = () => {
  const found = document.querySelector("#result [data-usd]");
  if (!found) return found;
  const { usd, unit, currency, step, fit } = found.dataset;
  return { usd: +usd, unit: +unit, currency, step: +step, fit };
};

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target.id !== "result") return;
  shown ||= read();
  event.detail.target.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:afterRequest", (event) => {
  event.detail.target.removeAttribute("aria-busy");
});

// Says in a few words what a change did to cost, speed and fit, also to a screen reader.
document.addEventListener("htmx:afterSwap", () => {
  for (const error of document.querySelectorAll("p.error[id^='error-']")) {
    const input = document.getElementById("f-" + error.id.slice("error-".length));
    if (!input) continue;
    if (error.textContent.trim()) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
  const status = document.getElementById("status");
  const heading = document.querySelector("#result h2");
  const changed = change();
  const place = document.getElementById("change");
  if (place) place.textContent = changed;
  if (status && heading) status.textContent = heading.textContent.trim() + ". " + changed;
});

// A half-typed name and the whole one often have one answer: what changed stays until another answer comes.
const change = () => {
  const now = read();
  if (now && JSON.stringify(now) !== JSON.stringify(shown)) [before, shown] = [shown, now];
  if (!now || !before) return "";
  const words = [];
  if (Math.round(now.usd - before.usd) !== 0) {
    const more = now.usd - before.usd;
    words.push(`cost ${money(before.usd, now)} → ${money(now.usd, now)} (${signed(more, money(Math.abs(more), now))})`);
  }
  if (now.step && before.step && Math.abs(now.step / before.step - 1) > 0.001) {
    words.push(`step ${time(before.step)} → ${time(now.step)} (${(before.step / now.step).toFixed(2)} × the speed)`);
  }
  if (now.fit !== before.fit) words.push(`fit: ${now.fit}`);
  return words.length ? "Changed: " + words.join("; ") : "";
};

const failed = (line) => {
  const place = document.getElementById("error-line");
  if (place) place.textContent = line;
};
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  failed(status === 429 || status === 503
    ? "The server is busy; wait a moment and try again."
    : "The server could not answer (" + status + ").");
});
document.addEventListener("htmx:sendError", () => failed("The server cannot be reached."));

// Tick boxes are remembered in this browser, under the parts of the build.
for (const list of document.querySelectorAll("[data-ticks]")) {
  const place = "rigwright-guide:" + list.dataset.ticks;
  let ticked = [];
  try { ticked = JSON.parse(localStorage.getItem(place) || "[]"); } catch { ticked = []; }
  const boxes = [...list.querySelectorAll("input[type=checkbox]")];
  const done = document.getElementById("done");
  const count = () => {
    const n = boxes.filter((box) => box.checked).length;
    if (done) done.textContent = `${n} of ${boxes.length} done`;
  };
  for (const box of boxes) {
    box.checked = ticked.includes(box.id);
    box.addEventListener("change", () => {
      const now = boxes.filter((b) => b.checked).map((b) => b.id);
      try { localStorage.setItem(place, JSON.stringify(now)); } catch { /* private window */ }
      count();
    });
  }
  count();
}
