// Passkeys: hand what the server asks to the browser's own dialogue, and its answer back.

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** What the server sent, with bytes where the browser wants bytes. */
function opened(options) {
  const listed = (name) => options[name]?.map((one) => ({ ...one, id: bytes(one.id) }));
  return {
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    ...(options.excludeCredentials && { excludeCredentials: listed("excludeCredentials") }),
    ...(options.allowCredentials && { allowCredentials: listed("allowCredentials") }),
  };
}

/** What the browser answered, with text where JSON wants text. */
function told({ id, rawId, type, response }) {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const told = parts.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  return JSON.stringify({ id, rawId: text(rawId), type, response: Object.fromEntries(told) });
}

async function post(url, fields) {
  const answer = await fetch(url, { method: "POST", body: new URLSearchParams(fields) });
  const said = await answer.text();
  if (!answer.ok) throw new Error(answer.headers.get("Content-Type")?.startsWith("text/plain") ? said : "");
  return said;
}

async function use(place) {
  const { passkey, options, action, token = "", next = "" } = place.dataset;
  const asked = opened(JSON.parse(await post(options, { csrf_token: token })));
  const made = await navigator.credentials[passkey]({ publicKey: asked });
  location.assign(await post(action, { csrf_token: token, next, answer: told(made) }));
}

for (const place of window.PublicKeyCredential ? document.querySelectorAll("[data-passkey]") : []) {
  const [button, error] = [place.querySelector("button"), place.querySelector(".error")];
  place.hidden = false;
  button.addEventListener("click", async () => {
    [button.disabled, error.hidden] = [true, true];
    try {
      await use(place);
    } catch (problem) {
      // The browser's own errors (closed, timed out) are not worded for readers.
      error.textContent = (problem.constructor === Error && problem.message) || place.dataset.failed;
      error.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}
