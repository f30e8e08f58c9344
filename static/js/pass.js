// Supporter passes, for your own pages: hides [data-ask], shows [data-supporter], [data-member];
// tells nobody. A pass comes as #pass=… and is kept in the cookie "pass".
(() => {
  const text = (part) => atob(part.replace(/-/g, "+").replace(/_/g, "/"));

  // Servers check signatures; a reader fools only themselves.
  const read = (pass) => {
    const [kind, said, more] = pass.split(".");
    if (kind != "b") {
      const { aud, level, exp } = JSON.parse(text(said));
      return aud == location.origin && { level, exp };
    } // blind: by the key's day and level, until the next day's end
    const [, y, m, d, level] = /^(....)(..)(..)-(\w+)/.exec(said);
    return text(more).includes(`\0${location.origin}\0`) && { level, exp: Date.UTC(y, m - 1, +d + 2) / 1e3 };
  };

  const living = (pass) => {
    try {
      const { level, exp } = read(pass);
      const age = exp - Date.now() / 1e3 | 0;
      return age > 0 && { level, age };
    } catch {}
  };

  const sent = /^#pass=([\w.-]+)$/.exec(location.hash)?.[1];
  if (sent) {
    history.replaceState(null, "", location.pathname + location.search);
    const good = living(sent), back = sessionStorage.passFrom;
    delete sessionStorage.passFrom;
    if (good) document.cookie = `pass=${sent};path=/;max-age=${good.age};samesite=lax;secure`;
    if (good && back) location.replace(back);
  }

  const level = living(/(^|; )pass=([^;]*)/.exec(document.cookie)?.[2])?.level;
  if (level) document.documentElement.dataset.pass = level; // for CSS, at once
  const show = () => document.querySelectorAll("[data-ask],[data-supporter],[data-member]").forEach((part) => {
    const { ask, member } = part.dataset;
    part.hidden = ask != null ? level : !level || (member != null && level != "member");
  });
  addEventListener("DOMContentLoaded", show);
  show();

  // Links to the account; only this tab knows from where.
  addEventListener("click", ({ target }) => {
    if (target.closest("[data-get-pass]")) sessionStorage.passFrom = location.href;
  });
})();
