// What a page must be for somebody who does not see it, or has no mouse. Each answer is a list of faults, in words.

const CONTROLS = "a[href], button, input:not([type=hidden], [hidden]), select, textarea, summary, [tabindex='0']";
const FRAME = ["h1", "main#content", "body > header", "body > footer", "a.skip", "nav[aria-label]:not(main nav)"];
const briefly = (node) => node.outerHTML.slice(0, 90);
const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && node.getClientRects().length > 0;

// Landmarks, names and headings that a screen reader goes by.
function structure() {
  const faults = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  for (const part of FRAME) if (all(part).length !== 1) faults.push(`${all(part).length} x ${part}`);
  for (const field of all("input:not([type=hidden], [hidden]), select, textarea")) {
    const named = field.labels?.length || field.ariaLabel || field.getAttribute("aria-labelledby");
    if (!named) faults.push(`no label: ${briefly(field)}`);
  }
  for (const control of all("a[href], button, summary").filter(seen)) {
    const words = control.textContent.trim() || control.ariaLabel || control.querySelector("img[alt]:not([alt=''])");
    if (!words) faults.push(`says nothing: ${briefly(control)}`);
  }
  const ids = all("[id]").map((node) => node.id);
  for (const id of new Set(ids)) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`twice: ${id}`);
  for (const node of all("[tabindex]")) if (node.tabIndex > 0) faults.push(`out of order: ${briefly(node)}`);
  const ranks = all("h1, h2, h3, h4").map((heading) => Number(heading.tagName[1]));
  ranks.forEach((rank, place) => {
    if (place && rank > ranks[place - 1] + 1) faults.push(`h${ranks[place - 1]} is followed by h${rank}`);
  });
  for (const drawing of all("svg:not(#js-plotly-tester)")) {
    const told = drawing.closest("[aria-hidden=true], [role=img], [aria-label], [aria-labelledby]");
    if (!told) faults.push(`a picture without words: ${briefly(drawing)}`);
  }
  return faults;
}

// Notes from now on what the Tab key reaches, and whether one can see that it did.
function listen() {
  window.reached = [];
  window.unseen = [];
  document.addEventListener("focusin", ({ target }) => {
    window.reached.push(target);
    const near = [target, target.nextElementSibling, target.closest("label")].filter(Boolean);
    const drawn = near.map((node) => getComputedStyle(node));
    const visible = drawn.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0);
    if (!visible && target.id !== "content") window.unseen.push(briefly(target));
  });
}

// Where the Tab key must stop. Of the choices of one question it reaches one; the arrows reach the others.
function stops() {
  const asked = new Set();
  const able = [...document.querySelectorAll(CONTROLS)];
  return able.filter((node) => !node.disabled && node.tabIndex >= 0 && seen(node)).filter((node) => {
    if (node.type !== "radio") return true;
    const question = `${node.form?.action} ${node.name}`;
    return !asked.has(question) && asked.add(question);
  });
}

function missed() {
  const choice = (a, b) => a.type === "radio" && b.type === "radio" && a.name === b.name && a.form === b.form;
  return stops()
    .filter((node) => !window.reached.some((other) => other === node || choice(other, node)))
    .map(briefly);
}
