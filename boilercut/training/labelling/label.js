"use strict";
// Shows one page after the other, with the model's verdicts to correct. Page text only ever goes into text nodes.
const byId = (id) => document.getElementById(id);
const list = byId("blocks");
const picker = byId("picker");
const UNSURE = 0.25; // probabilities this near one half are marked
let pages = [], kinds = [], file = "";
let at = -1; // number of the page that is shown
let blocks = []; // { keep, kind, first, probability, tag, text }
let items = [];
let key = "";
let current = -1;
let history = []; // what each change replaced: lists of [block, keep, kind]
const visited = []; // pages that were saved, last one last

const isUnsure = (block) => Math.abs(block.probability - 0.5) < UNSURE;

function made(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

function say(text, bad = false) {
  byId("status").textContent = text;
  byId("status").classList.toggle("bad", bad);
}

async function ask(path, body) {
  const options = body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(path, options);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

// --- what is kept in the browser: changes that are not saved yet ---

const draftName = () => `boilercut label ${key}`;

function keepDraft() {
  try {
    if (history.length) localStorage.setItem(draftName(), JSON.stringify(blocks.map((each) => [each.keep, each.kind])));
    else localStorage.removeItem(draftName());
  } catch { /* no storage: the warning before leaving is all there is */ }
}

function restoreDraft() {
  let draft = null;
  try { draft = JSON.parse(localStorage.getItem(draftName())); } catch { /* none */ }
  if (!Array.isArray(draft) || draft.length !== blocks.length) return;
  change(draft.map(([keep, kind], number) => [number, keep, kind]));
  say("Your changes from before are back.");
}

// --- drawing ---

function row(block) {
  const item = made("li");
  const mark = made("button", "mark");
  mark.tabIndex = -1;
  const text = made("div", "text", block.text);
  text.dir = "auto";
  const facts = made("div", "facts");
  const kind = made("button", "kind");
  kind.tabIndex = -1;
  kind.title = "Pick a kind (r)";
  facts.append(kind, made("span", "probability", block.probability.toFixed(2)));
  if (isUnsure(block)) facts.append(made("span", "doubt", "?"));
  item.append(mark, text, facts);
  return item;
}

function paint(number) {
  const { keep, kind, first } = blocks[number];
  const item = items[number];
  item.className = `${keep ? "keep" : "cut"} k-${kind}${first === `${keep} ${kind}` ? "" : " yours"}`;
  item.firstChild.textContent = keep ? "+" : "−";
  item.firstChild.title = keep ? "Kept: click to cut" : "Cut: click to keep";
  item.querySelector(".kind").textContent = kind;
}

function count() {
  const kept = blocks.filter((block) => block.keep).length;
  const unsure = blocks.filter(isUnsure).length;
  byId("summary").textContent = `${kept} of ${blocks.length} blocks kept, ${unsure} unsure.`;
  const done = pages.filter((page) => page.done).length;
  byId("progress").textContent = `page ${at + 1} of ${pages.length}, ${done} labelled`;
  byId("share").style.width = `${100 * done / pages.length}%`;
  byId("undo").disabled = !history.length && !visited.length;
  byId("back").disabled = at <= 0;
  byId("skip").disabled = at >= pages.length - 1;
}

async function show(number) {
  if (number < 0 || number >= pages.length) return;
  const page = await ask(`pages/${number}`);
  at = number;
  key = page.key;
  blocks = page.blocks.map(([keep, kind, probability, tag, text]) => ({ keep, kind, first: `${keep} ${kind}`, probability, tag, text }));
  items = blocks.map(row);
  list.replaceChildren(...items);
  history = [];
  current = -1;
  byId("finished").hidden = true;
  byId("name").textContent = page.name.split(/[\\/]/).filter(Boolean).slice(-2).join("/");
  byId("name").title = page.name;
  document.title = `${page.name}: boilercut label`;
  blocks.forEach((_, index) => paint(index));
  say(pages[number].done ? "Labelled before." : "");
  restoreDraft();
  count();
  scrollTo(0, 0);
  go(0);
}

function finish() {
  byId("finished").hidden = false;
  byId("next").textContent = `boilercut train ${file} -o my-model`;
  byId("finished").scrollIntoView({ block: "center" });
}

// --- changing ---

function change(changes) {
  history.push(changes.map(([number]) => [number, blocks[number].keep, blocks[number].kind]));
  put(changes);
}

function put(changes) {
  for (const [number, keep, kind] of changes) {
    Object.assign(blocks[number], { keep, kind });
    paint(number);
  }
  keepDraft();
  count();
}

function kindIfKept(block) {
  if (/^h[1-6]$/.test(block.tag)) return "heading";
  return block.tag === "li" ? "list" : "paragraph";
}

function flip(number) {
  const block = blocks[number];
  change([[number, block.keep ? 0 : 1, block.keep ? "other" : kindIfKept(block)]]);
  say("");
}

function cutAll() {
  const kept = blocks.flatMap((block, number) => block.keep ? [[number, 0, "other"]] : []);
  if (kept.length) change(kept);
}

async function undo() {
  if (history.length) {
    put(history.pop());
    say("Undone.");
    return;
  }
  if (visited.length) await show(visited.pop());
}

async function save() {
  try {
    await ask(`pages/${at}`, { blocks: blocks.map((block) => [block.keep, block.kind]) });
  } catch (error) {
    say(`Not saved: ${error.message}`, true);
    return;
  }
  history = [];
  keepDraft();
  pages[at].done = true;
  visited.push(at);
  const open = (number) => !pages[number].done;
  const order = pages.map((_, number) => (at + 1 + number) % pages.length);
  const next = order.find(open);
  if (next === undefined) { count(); say("Saved."); finish(); } else { await show(next); say("Saved."); }
}

async function leave(number) {
  const changed = history.length > 0;
  await show(number);
  if (changed) say("The changes of that page are not saved; they are back when you go back.");
}

// --- moving and picking ---

function go(number) {
  if (number < 0 || number >= items.length) return;
  if (current >= 0) items[current].tabIndex = -1;
  current = number;
  items[current].tabIndex = 0;
  items[current].focus({ preventScroll: true });
  items[current].scrollIntoView({ block: "nearest" });
}

function carry(step) {
  const next = current + step;
  if (next < 0 || next >= items.length) return;
  const { keep, kind } = blocks[current];
  change([[next, keep, kind]]);
  go(next);
}

function goUnsure() {
  const order = blocks.map((_, number) => (current + 1 + number) % blocks.length);
  const next = order.find((number) => isUnsure(blocks[number]));
  if (next !== undefined) go(next);
}

function pick(kind, keep) {
  picker.close();
  change([[current, keep, kind]]);
  go(current);
}

function openPicker() {
  byId("kinds").replaceChildren();
  for (const wanted of [1, 0]) {
    byId("kinds").append(made("h2", "", wanted ? "Keep as" : "Cut as"));
    for (const [kind, keep, letter] of kinds.filter((each) => Number(each[1]) === wanted)) {
      const button = made("button", `k-${kind}`, kind);
      button.append(made("kbd", "", letter));
      button.addEventListener("click", () => pick(kind, Number(keep)));
      byId("kinds").append(button);
    }
  }
  picker.showModal();
  picker.querySelector(`.k-${blocks[current].kind}`).focus();
}

list.addEventListener("click", (event) => {
  const item = event.target.closest("li");
  if (!item) return;
  go(items.indexOf(item));
  if (event.target.closest(".mark")) flip(current);
  else if (event.target.closest(".kind")) openPicker();
});

picker.addEventListener("keydown", (event) => {
  const found = kinds.find((each) => each[2] === event.key);
  if (!found || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  pick(found[0], Number(found[1]));
});

const ACTIONS = {
  j: () => go(current + 1), ArrowDown: () => go(current + 1), k: () => go(current - 1), ArrowUp: () => go(current - 1),
  J: () => carry(1), K: () => carry(-1), n: goUnsure, x: () => flip(current), " ": () => flip(current),
  r: openPicker, c: cutAll, u: undo, Enter: save, "[": () => leave(at - 1), "]": () => leave(at + 1),
};

document.addEventListener("keydown", (event) => {
  if (picker.open || at < 0 || event.target.matches("summary, footer button")) return;
  const undoing = (event.ctrlKey || event.metaKey) && event.key === "z";
  if (!undoing && (event.ctrlKey || event.metaKey || event.altKey)) return;
  const shifted = event.shiftKey && { ArrowDown: "J", ArrowUp: "K" }[event.key];
  const action = undoing ? undo : ACTIONS[shifted || event.key];
  if (!action) return;
  event.preventDefault();
  run(action);
});

let pending = Promise.resolve(); // actions wait for one another, so that quick keys mean the page that they lead to

function run(action) {
  pending = pending.then(action).catch((error) => say(`The server does not answer: ${error.message}`, true));
}

byId("undo").addEventListener("click", () => run(undo));
byId("back").addEventListener("click", () => run(() => leave(at - 1)));
byId("skip").addEventListener("click", () => run(() => leave(at + 1)));
byId("save").addEventListener("click", () => run(save));
addEventListener("beforeunload", (event) => { if (history.length) event.preventDefault(); });

run(async () => {
  ({ pages, kinds, file } = await ask("pages"));
  const first = pages.findIndex((page) => !page.done);
  await show(first < 0 ? 0 : first);
  if (first < 0) finish();
});
