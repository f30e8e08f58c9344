// Blind passes (RFC 9474, RSABSSA-SHA384-PSS-Randomized): hide a message before it is sent to be
// signed, uncover the signature that comes back. What is secret stays in this tab.

const KEPT = "blind-pass";
const [HASH, SALT, PREFIX, NONCE] = [48, 48, 32, 16];

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const number = (bytes) => BigInt(`0x${hex(bytes)}`);
const random = (count) => crypto.getRandomValues(new Uint8Array(count));
const sha384 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-384", bytes));

function bytesOf(value, length) {
  const digits = value.toString(16).padStart(2 * length, "0");
  return Uint8Array.from({ length }, (_, at) => parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

function joined(...parts) {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const opened = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const told = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function power(base, exponent, modulus) {
  let [result, square] = [1n, base % modulus];
  for (let left = exponent; left; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** The inverse of a number, or undefined where it has none. */
function inverse(value, modulus) {
  let [r, next, t, following] = [modulus, value % modulus, 0n, 1n];
  while (next) {
    const times = r / next;
    [r, next] = [next, r - times * next];
    [t, following] = [following, t - times * following];
  }
  return r === 1n ? (t + modulus) % modulus : undefined;
}

/** MGF1 (RFC 8017, B.2.1). */
async function mask(seed, length) {
  const made = [];
  for (let round = 0; round * HASH < length; round++)
    made.push(await sha384(joined(seed, bytesOf(BigInt(round), 4))));
  return joined(...made).slice(0, length);
}

/** EMSA-PSS-ENCODE (RFC 8017, 9.1.1). */
async function encoded(message, bits, salt) {
  const length = Math.ceil(bits / 8);
  const digest = await sha384(joined(new Uint8Array(8), await sha384(message), salt));
  const block = joined(new Uint8Array(length - SALT - HASH - 2), [1], salt);
  const over = await mask(digest, block.length);
  const masked = block.map((byte, at) => byte ^ over[at]);
  masked[0] &= 0xff >> (8 * length - bits);
  return joined(masked, digest, [0xbc]);
}

/** Hide a prepared message for a key {n, e}: what to send, and the secret that uncovers it. */
export async function blind(prepared, { n, e }, salt = random(SALT), secret = undefined) {
  const length = Math.ceil(n.toString(2).length / 8);
  const message = number(await encoded(prepared, n.toString(2).length - 1, salt));
  while (!secret) secret = inverse(number(random(length + 8)) % n, n);
  const hidden = (message * power(inverse(secret, n), e, n)) % n;
  return { blinded: bytesOf(hidden, length), secret };
}

/** The signature behind a blind one; undefined if the key did not make it. */
export async function uncover(prepared, signed, secret, { n, e }) {
  const length = Math.ceil(n.toString(2).length / 8);
  const signature = bytesOf((number(signed) * secret) % n, length);
  const jwk = { kty: "RSA", n: told(bytesOf(n, length)), e: told(bytesOf(e, 3)) };
  const how = { name: "RSA-PSS", hash: "SHA-384", saltLength: SALT };
  const key = await crypto.subtle.importKey("jwk", jwk, how, false, ["verify"]);
  return (await crypto.subtle.verify(how, key, signature, prepared)) ? signature : undefined;
}

const keyOf = ({ n, e }) => ({ n: number(opened(n)), e: number(opened(e)) });

/** Before the form goes: hide a new message in its field, keep the secret here. */
async function hide(form) {
  const { n, e, kid, audience, landing } = form.dataset;
  const said = new TextEncoder().encode(`donations pass 1\0${audience}\0`);
  const prepared = joined(random(PREFIX), said, random(NONCE));
  const { blinded, secret } = await blind(prepared, keyOf({ n, e }));
  const kept = { n, e, kid, landing, prepared: told(prepared), secret: String(secret) };
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
  form.elements.blinded.value = told(blinded);
  form.submit();
}

/** After it came back signed: the link that takes the pass to the site. */
async function finish(place) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  sessionStorage.removeItem(KEPT);
  if (kept?.kid !== place.dataset.kid) throw new Error("no secret");
  const prepared = opened(kept.prepared);
  const signed = opened(place.dataset.signed);
  const signature = await uncover(prepared, signed, BigInt(kept.secret), keyOf(kept));
  if (!signature) throw new Error("not signed");
  place.querySelector("a").href = `${kept.landing}#pass=b.${kept.kid}.${told(prepared)}.${told(signature)}`;
  place.hidden = false;
}

const page = globalThis.document;
for (const form of (globalThis.crypto?.subtle && page?.querySelectorAll("form[data-blind]")) || []) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    hide(form);
  });
}
const signed = page?.querySelector("[data-signed]");
if (signed) finish(signed).catch(() => (page.querySelector("[data-signed-failed]").hidden = false));
