// A form that does not ask what is known. Plain JavaScript, no build, no dependency.
//
//   <form data-kundskab="checkout" data-kundskab-plan="/kundskab/plan" data-kundskab-asked="/kundskab/asked">
//     <label>Shoe size <input name="shoe_size"></label>
//   </form>
//   <script src="kundskab-form.js" defer></script>
//
// It asks the company's own server, never Kundskab: a read key has no place in a browser, and only the server knows
// who is signed in. Without JavaScript, or when the server does not answer, the form is what it was: everything is asked.
(() => {
  "use strict";

  const KINDS = "input[name], select[name], textarea[name]";
  const WAIT_MS = 3000;

  // The questions of a form: its named fields, but those that are hidden, secret or buttons.
  function fields(form) {
    const silent = new Set(["hidden", "password", "submit", "button", "reset", "image", "file"]);
    const found = new Map();
    for (const field of form.querySelectorAll(KINDS)) {
      if (!silent.has(field.type) && !field.disabled && !("kundskabIgnore" in field.dataset)) {
        found.set(field.name, [...(found.get(field.name) || []), field]);
      }
    }
    return found;
  }

  function questions(found) {
    return [...found].map(([name, [field]]) => ({
      name,
      ...(field.dataset.maxAgeDays ? { max_age_days: Number(field.dataset.maxAgeDays) } : {}),
      ...("alwaysAsk" in field.dataset ? { always_ask: true } : {}),
    }));
  }

  // more: of the request, such as whether it outlives the page.
  async function tell(address, content, more) {
    const answer = await fetch(address, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", ...token() },
      body: JSON.stringify(content),
      ...more,
    });
    if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
    return answer.json();
  }

  // The token that frameworks ask for with a POST, when the page carries one.
  function token() {
    const meta = document.querySelector('meta[name="csrf-token"]');
    return meta ? { "X-CSRFToken": meta.content } : {};
  }

  // Fill a field as if she had; false when it takes no such value, and then she is asked.
  function fill(all, value) {
    const text = String(value);
    const [first] = all;
    if (first.type === "radio") {
      const meant = all.find((one) => one.value === text);
      if (meant) meant.checked = true;
      return Boolean(meant);
    }
    if (first.type === "checkbox") {
      const values = new Set((Array.isArray(value) ? value : [value]).map(String));
      for (const one of all) one.checked = value === true || values.has(one.value);
      return all.some((one) => one.checked) || value === false;
    }
    first.value = text;
    return first.value === text;
  }

  // The row of a field: what is marked so, or else its label, or the field itself.
  function row(field) {
    return field.closest("[data-kundskab-row]") || field.closest("label") || field;
  }

  function hide(all) {
    for (const field of all) {
      row(field).hidden = true;
      for (const label of field.labels || []) label.hidden = true;
    }
  }

  // Carry the plan out; returns the names that she is really asked.
  function apply(form, found, plan) {
    const asked = new Set(found.keys());
    for (const one of plan.questions) {
      const all = found.get(one.question);
      if (!all || one.do === "ask" || all.some((field) => field.value && field.type === "text")) continue;
      if (!fill(all, one.value)) continue;
      for (const field of all) field.dataset.kundskab = one.do;
      if (one.do === "skip") {
        hide(all);
        asked.delete(one.question);
      } else if (one.do === "confirm") {
        asked.delete(one.question);
      }
    }
    form.dispatchEvent(new CustomEvent("kundskab:planned", { bubbles: true, detail: { plan, asked: [...asked] } }));
    return asked;
  }

  // Plan one form, and tell what it asked when it is sent.
  async function enhance(form) {
    const found = fields(form);
    const asking = questions(found);
    const name = form.dataset.kundskab;
    const shownAt = new Date().toISOString();
    let asked = new Set(found.keys());
    form.addEventListener("submit", () => {
      const really = asking.filter((one) => asked.has(one.name));
      if (form.dataset.kundskabAsked && really.length) {
        tell(form.dataset.kundskabAsked, { form: name, questions: really, shown_at: shownAt }, { keepalive: true }).catch(() => {});
      }
    });
    if (!asking.length || !form.dataset.kundskabPlan) return;
    try {
      asked = apply(form, found, await tell(form.dataset.kundskabPlan, { form: name, questions: asking }, {
        signal: AbortSignal.timeout(WAIT_MS),
      }));
    } catch {
      // Nobody answers: the form asks everything, as it did before we came.
    }
  }

  globalThis.kundskab = { enhance };
  const start = () => document.querySelectorAll("form[data-kundskab]").forEach(enhance);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
