// What a page can do beyond its links and forms. Everything works without it, only less lively.

// Copy buttons: shown only where copying works.
for (const box of document.querySelectorAll(".copyable")) {
  const button = box.querySelector("button");
  if (!button || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(box.querySelector("pre").textContent.trim());
    const said = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = said; }, 2000);
  });
}

// Passkeys: the browser vouches for whoever sits here. Without one, the other ways in remain.
const passkeys = globalThis.PublicKeyCredential;
for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!passkeys?.parseRequestOptionsFromJSON) continue;
  const field = form.elements.credential;
  const problem = form.querySelector("[data-problem]");
  const fetched = async () => (await (await fetch(form.action, { headers: { Accept: "application/json" } })).json()).request_options;
  const asked = async () => {
    const { publicKey } = form.dataset.options ? JSON.parse(form.dataset.options) : await fetched();
    return form.dataset.passkey === "create"
      ? navigator.credentials.create({ publicKey: passkeys.parseCreationOptionsFromJSON(publicKey) })
      : navigator.credentials.get({ publicKey: passkeys.parseRequestOptionsFromJSON(publicKey) });
  };
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      field.value = JSON.stringify((await asked()).toJSON());
      form.submit();
    } catch {
      problem.hidden = false;
    }
  });
}

// The live tail asks for news every two seconds, unless paused or unseen.
const button = document.querySelector("[data-tail-pause]");
if (button) {
  const state = document.querySelector("[data-tail-state]");
  let paused = false;

  const show = () => {
    const resting = paused || document.hidden;
    state.textContent = resting ? state.dataset.resting : state.dataset.running;
    state.toggleAttribute("data-paused", resting);
    button.setAttribute("aria-pressed", String(paused));
    button.textContent = paused ? button.dataset.resume : button.dataset.pause;
  };
  const turn = () => { paused = !paused; show(); };

  button.hidden = false;
  button.addEventListener("click", turn);
  document.addEventListener("visibilitychange", show);
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest("input, select, textarea, [contenteditable]");
    if (event.key === "p" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) turn();
  });
  setInterval(() => {
    // Looked up each time: news replaces the element.
    if (!paused && !document.hidden) htmx.trigger("[data-tail]", "news");
  }, 2000);
  show();
}
