// What the pages do a little better with a script. Everything works without it.

const lang = document.documentElement.lang;
const form = document.querySelector("#give");

/** A UUID that names this attempt to pay, so that a repeated click is known for what it is.
    (crypto.randomUUID is missing where there is no TLS, as on an onion address.) */
const freshAttempt = () =>
  "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, () =>
    (crypto.getRandomValues(new Uint8Array(1))[0] & 15).toString(16));

/** The typed amount as the button says it, or "" while it isn't a plain number. */
function spoken(text) {
  const plain = text.replace(/[\s$€£]/g, "").replace(/,(\d\d?)$/, ".$1").replace(/,(?=\d{3})/g, "");
  if (!/^\d+(\.\d\d?)?$/.test(plain)) return "";
  const style = { style: "currency", currency: form.dataset.currency };
  const whole = { ...style, minimumFractionDigits: 0, maximumFractionDigits: 0 };
  if (Number.isInteger(+plain)) return new Intl.NumberFormat(lang, whole).format(plain);
  const exact = new Intl.NumberFormat(lang, style);
  return exact.resolvedOptions().maximumFractionDigits ? exact.format(plain) : "";
}

/** Say the typed amount on the button. */
function speak(field) {
  const words = form.querySelector(`.give .${field.name.slice(6)}`);
  const other = words.querySelector('[data-n="0"]');
  const amount = spoken(field.value);
  other.dataset.plain ??= other.textContent;
  other.textContent = amount ? words.dataset.template.replace("{amount}", () => amount) : other.dataset.plain;
}

/** Let the reminder remember what the reader was about to give: said there, and gone with its tick. */
function tellReminder() {
  const reminder = document.querySelector("form.remind");
  const kept = reminder?.querySelector(".kept");
  const { frequency, currency, ...rest } = Object.fromEntries(new FormData(form));
  if (!kept || !frequency) return;
  const { elements, dataset } = reminder;
  const card = form.querySelector(`[name=amount_${frequency}]:checked + label`);
  const typed = rest[`other_${frequency}`];
  const minor = parseInt(rest[`amount_${frequency}`]);
  const amount = minor ? card.dataset.amount ?? card.textContent : spoken(typed);
  const [first, second] = elements["reminder-kept"].checked && amount ? [frequency, minor / 10 ** dataset.exponent || typed] : ["", ""];
  elements.frequency.value = first;
  elements.amount.value = second;
  elements.currency.value = currency;
  kept.hidden = !amount;
  kept.querySelector("b").textContent = `${amount}, ${form.querySelector("[name=frequency]:checked + label").textContent}`;
}

/** Say the day that was picked wherever the form speaks of it. */
function sayDay({ value, form: reminder }) {
  reminder.querySelector("#when-on").checked = true;
  const day = new Date(`${value}T00:00`);
  if (isNaN(day)) return;
  const said = new Intl.DateTimeFormat(lang, { dateStyle: "long" }).format(day);
  for (const place of reminder.querySelectorAll("[data-day]")) {
    const [once, twice] = [place.querySelector(".one") ?? place, place.querySelector(".two")];
    once.textContent = place.dataset.day.replace("{day}", said);
    if (twice) twice.textContent = place.dataset.dayTwice.replace("{day}", said);
  }
}

const ownDay = document.querySelector("#reminder-day");
ownDay?.addEventListener("input", () => sayDay(ownDay));
if (ownDay?.value) sayDay(ownDay);

if (form) {
  const { attempt } = form.elements;
  attempt.value = attempt.defaultValue || freshAttempt();
  form.querySelectorAll(".other input").forEach((field) => field.value && speak(field));
  form.addEventListener("change", () => {
    attempt.value = freshAttempt();
    tellReminder();
  });
  document.querySelector("#reminder-kept")?.addEventListener("change", tellReminder);
  form.addEventListener("input", ({ target }) => {
    if (target.type !== "text") return;
    document.getElementById(`${target.id.replace("other", "amount")}-other`).checked = true;
    speak(target);
    tellReminder();
  });
  // Only a pointer moves the focus along: arrow keys must be free to pass over "Other".
  form.addEventListener("click", ({ target, detail }) => {
    if (detail && target.value === "other") form.elements[target.name.replace("amount", "other")].focus();
  });
}

document.addEventListener("submit", (event) => {
  const button = event.target.querySelector(".busy")?.parentElement;
  if (button?.dataset.busy) event.preventDefault();
  else if (button) button.dataset.busy = "yes";
});

// Back from the payment page, the browser may show this one as it was left.
addEventListener("pageshow", ({ persisted }) => {
  document.querySelectorAll("[data-busy]").forEach((button) => delete button.dataset.busy);
  if (persisted && form) form.elements.attempt.value = freshAttempt();
});

const openReminder = () => location.hash === "#remind" && document.querySelector("#remind")?.setAttribute("open", "");
addEventListener("hashchange", openReminder);
openReminder();

// A page that waits for a confirmation; without a script its own <meta> does this.
const again = document.querySelector("[data-refresh]");
if (again) setTimeout(() => location.reload(), again.dataset.refresh * 1000);
