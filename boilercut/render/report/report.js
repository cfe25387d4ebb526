"use strict";
// Reads the numbers beside the document, filters and decides again, and saves labels. Page text is only ever read
// from, and written to, text nodes.
const data = JSON.parse(document.getElementById("data").textContent);
const items = Array.from(document.getElementById("blocks").children);
const texts = items.map((item) => item.children[1].textContent);
const first = items.map((item) => item.classList.contains("keep"));
const flipped = new Map(); // block number: what the reader wants instead
const hiddenKinds = new Set();
let threshold = null; // null: the verdicts as they came
let current = -1;
let unsaved = false;

const byId = (id) => document.getElementById(id);
const slider = byId("threshold");
const shown = () => document.querySelector("input[name=shown]:checked").value;

function decided(number) {
  const [probability, rule] = data.blocks[number];
  return threshold === null || rule ? first[number] : probability >= threshold;
}

function keeps(number) {
  return flipped.has(number) ? flipped.get(number) : decided(number);
}

function paint(number) {
  const item = items[number];
  const keep = keeps(number);
  if (item.classList.contains("keep") !== keep) {
    item.classList.toggle("keep", keep);
    item.classList.toggle("cut", !keep);
    const mark = item.firstChild;
    mark.textContent = keep ? "+" : "−";
    mark.title = keep ? "Kept: click to cut" : "Cut: click to keep";
  }
  item.classList.toggle("yours", flipped.has(number));
}

function isShown(number, which) {
  if (hiddenKinds.has(items[number].dataset.kind)) return false;
  if (which === "keep") return keeps(number);
  if (which === "cut") return !keeps(number);
  if (which === "ruled") return data.blocks[number][1] !== "";
  return which === "all" || flipped.has(number);
}

function refresh() {
  const which = shown();
  let kept = 0, length = 0, all = 0, visible = 0;
  for (let number = 0; number < items.length; number++) {
    paint(number);
    const hide = !isShown(number, which);
    if (items[number].hidden !== hide) items[number].hidden = hide;
    visible += !hide;
    all += texts[number].length;
    if (keeps(number)) { kept++; length += texts[number].length; }
  }
  const share = all ? length / all : 0;
  byId("summary").textContent = `Kept ${kept} of ${items.length} blocks, ${Math.round(100 * share)}% of the text.`;
  byId("share").style.width = `${100 * share}%`;
  byId("level").textContent = Number(slider.value).toFixed(2);
  byId("reset").disabled = threshold === null && flipped.size === 0;
  byId("none").hidden = visible > 0;
  byId("confidence").textContent = threshold === null
    ? `Confidence ${data.confidence.toFixed(2)}: the F1 that the probabilities promise.`
    : "Decided again by probability; context rules are not run again.";
}

function flip(number) {
  const wanted = !keeps(number);
  if (wanted === decided(number)) flipped.delete(number);
  else flipped.set(number, wanted);
  byId("saved").textContent = "";
  refresh();
  remember(true);
}

// What was flipped outlives a reload: it is kept in the browser, by the hash of the page and its blocks.
const memory = `boilercut report ${data.key}`;

function remember(changed) {
  unsaved = changed && (flipped.size > 0 || threshold !== null);
  try {
    if (flipped.size || threshold !== null) {
      localStorage.setItem(memory, JSON.stringify({ flipped: [...flipped], threshold, unsaved }));
    } else localStorage.removeItem(memory);
  } catch { /* no storage: the warning before leaving is all there is */ }
}

function recall() {
  try {
    const known = JSON.parse(localStorage.getItem(memory));
    if (!known) return;
    for (const [number, keep] of known.flipped) flipped.set(number, keep);
    ({ threshold, unsaved } = known);
    byId("saved").textContent = "Your changes from before are back; Reset drops them.";
  } catch { /* nothing that is known */ }
}

function bar(value, largest) {
  const space = "http://www.w3.org/2000/svg";
  const image = document.createElementNS(space, "svg");
  image.setAttribute("viewBox", "-100 0 200 10");
  image.setAttribute("preserveAspectRatio", "none");
  image.setAttribute("aria-hidden", "true");
  const size = 100 * Math.abs(value) / largest;
  const box = document.createElementNS(space, "rect");
  box.setAttribute("class", value > 0 ? "for" : "against");
  box.setAttribute("x", value > 0 ? 0 : -size);
  box.setAttribute("width", size);
  box.setAttribute("height", 10);
  const axis = document.createElementNS(space, "line");
  axis.setAttribute("class", "axis");
  axis.setAttribute("y2", 10);
  image.append(box, axis);
  return image;
}

function row(name, value, largest) {
  const line = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = name;
  const number = document.createElement("td");
  number.textContent = (value > 0 ? "+" : "") + value.toFixed(2).replace("-", "−");
  const drawn = document.createElement("td");
  drawn.append(bar(value, largest));
  line.append(head, number, drawn);
  return line;
}

function why(number) {
  const item = items[number];
  const open = item.querySelector(".why");
  if (open) { open.remove(); return; }
  const [probability, rule, evidence] = data.blocks[number];
  const shares = [["(every block starts from)", data.base]];
  for (let at = 0; at < evidence.length; at += 2) shares.push([data.detectors[evidence[at]], evidence[at + 1]]);
  const sum = shares.reduce((total, [, value]) => total + value, 0);
  const largest = Math.max(...shares.map(([, value]) => Math.abs(value)), 1e-9);
  const box = document.createElement("div");
  box.className = "why";
  const words = document.createElement("p");
  words.textContent = `Score ${sum.toFixed(2).replace("-", "−")} in log-odds, which is a probability of ` +
    `${probability.toFixed(3)} to be content.` + (rule ? ` The verdict was turned round by: ${rule}.` : "");
  const table = document.createElement("table");
  for (const [name, value] of shares) table.append(row(name, value, largest));
  box.append(words, table);
  item.append(box);
}

function go(number) {
  let next = number;
  const step = number >= current ? 1 : -1;
  while (next >= 0 && next < items.length && items[next].hidden) next += step;
  if (next < 0 || next >= items.length) return;
  if (current >= 0) items[current].tabIndex = -1;
  current = next;
  items[current].tabIndex = 0;
  items[current].focus();
  items[current].scrollIntoView({ block: "nearest" });
}

function save() {
  const label = { page: data.source, kind: data.kind, name: data.name };
  if (data.url) label.url = data.url;
  label.blocks = texts.map((text, number) => [keeps(number) ? 1 : 0, text]);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(label) + "\n"], { type: "application/jsonl" }));
  link.download = `${data.file}.${new Date().toISOString().replace(/\.\d+Z|[-:]/g, "")}.labels.jsonl`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  byId("saved").textContent = `${items.length} labels written to ${link.download}.`;
  remember(false);
}

const numberOf = (node) => items.indexOf(node.closest("li"));

document.getElementById("blocks").addEventListener("click", (event) => {
  const number = event.target.closest("li") ? numberOf(event.target) : -1;
  if (number < 0 || event.target.closest(".why")) return;
  if (current >= 0) items[current].tabIndex = -1;
  current = number;
  items[current].tabIndex = 0;
  if (event.target.closest(".mark")) flip(number);
  else if (getSelection().isCollapsed) why(number);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, summary")) return;
  const onButton = event.target.matches("button");
  const actions = {
    j: () => go(current + 1), ArrowDown: () => go(current + 1),
    k: () => go(Math.max(current - 1, 0)), ArrowUp: () => go(Math.max(current - 1, 0)),
    x: () => current >= 0 && flip(current), s: () => byId("save").disabled || save(),
    Enter: onButton ? null : () => current >= 0 && why(current),
  };
  if (!actions[event.key]) return;
  event.preventDefault();
  actions[event.key]();
});

for (const chip of document.querySelectorAll(".chip")) {
  chip.addEventListener("click", () => {
    const pressed = chip.getAttribute("aria-pressed") === "true";
    chip.setAttribute("aria-pressed", String(!pressed));
    if (pressed) hiddenKinds.add(chip.dataset.kind);
    else hiddenKinds.delete(chip.dataset.kind);
    refresh();
  });
}
byId("shown").addEventListener("change", refresh);
slider.addEventListener("input", () => { threshold = Number(slider.value); refresh(); remember(true); });
byId("reset").addEventListener("click", () => {
  threshold = null;
  flipped.clear();
  slider.value = data.threshold;
  refresh();
  remember(false);
});
byId("save").addEventListener("click", save);
addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
if (!data.source) {
  byId("save").disabled = true;
  byId("save").title = "The report was made without the page's source, which labels need.";
}
if (items.length) items[0].tabIndex = 0;
recall();
slider.value = threshold ?? data.threshold;
refresh();
