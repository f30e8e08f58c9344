// Keys for those who live in these tables: / search, j and k rows, Enter open, e export.

const rows = [...document.querySelectorAll("tr[data-row]")];
let here = -1;

function move(step) {
  if (!rows.length) return;
  rows[here]?.classList.remove("here");
  here = Math.max(0, Math.min(rows.length - 1, here + step));
  rows[here].classList.add("here");
  rows[here].scrollIntoView({ block: "nearest" });
}

const deeds = {
  "/": () => document.querySelector("input[type=search], .filter input:not([type=hidden]), .filter select")?.focus(),
  j: () => move(1),
  k: () => move(-1),
  Enter: () => rows[here]?.querySelector("a")?.click(),
  e: () => document.querySelector("a.export")?.click(),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, button, a")) return;
  const deed = deeds[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
});
