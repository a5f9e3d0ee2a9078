// Search for a place by its name, with or without diacritics, or by its code.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const input = document.getElementById("place-search");
  const list = document.getElementById("place-list");
  let chosen = -1;

  // On a narrow screen the sidebar is folded away: the search goes to the top of the page.
  const article = document.querySelector("article");
  if (article && window.matchMedia("(max-width: 63em)").matches) {
    article.prepend(input.closest("form"));
  }

  const fold = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "")
    .replace(/đ/g, "d").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

  const choose = (to) => {
    const items = list.children;
    if (!items.length) return;
    chosen = (to + items.length) % items.length;
    [...items].forEach((item, k) => item.setAttribute("aria-selected", k === chosen));
    input.setAttribute("aria-activedescendant", items[chosen].id);
    items[chosen].scrollIntoView({ block: "nearest" });
  };

  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const show = () => {
    const key = fold(input.value);
    const found = key ? PLACES.filter((place) => `-${place[2]}`.includes(`-${key}`)) : [];
    found.sort((a, b) => b[2].startsWith(key) - a[2].startsWith(key));
    list.replaceChildren(...found.slice(0, 10).map(([name, code, , url], k) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      item.id = `place-${k}`;
      item.setAttribute("role", "option");
      link.href = input.dataset.root + url;
      link.tabIndex = -1;
      link.textContent = `${name} (${code})`;
      item.append(link);
      return item;
    }));
    close();
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
    if (found.length) choose(0);
  };

  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) list.children[chosen].firstChild.click();
    else return;
    event.preventDefault();
  });
});
