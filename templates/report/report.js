// Filters of the gaps. The page is complete without them: they only hide what is not asked for.
"use strict";
(() => {
  const bar = document.getElementById("filters");
  const gaps = [...document.querySelectorAll(".gap")];
  if (!bar || !gaps.length) return;
  const choices = [...bar.querySelectorAll("select")];
  const told = document.getElementById("filtered");
  const fits = (gap, choice) => {
    if (!choice.value) return true;
    if (choice.name === "system") {
      return [...gap.querySelectorAll("[data-system]")].some((one) => one.dataset.system === choice.value);
    }
    return gap.dataset[choice.name] === choice.value;
  };
  const apply = () => {
    let shown = 0;
    for (const gap of gaps) {
      gap.hidden = !choices.every((choice) => fits(gap, choice));
      shown += gap.hidden ? 0 : 1;
    }
    for (const group of document.querySelectorAll(".graded")) {
      group.hidden = !group.querySelector(".gap:not([hidden])");
    }
    told.textContent = shown === gaps.length ? `All ${shown} shown` : `${shown} of ${gaps.length} shown`;
  };
  const clear = () => {
    for (const choice of choices) choice.value = "";
    apply();
  };
  bar.hidden = false;
  bar.addEventListener("change", apply);
  bar.querySelector("button").addEventListener("click", clear);
  // A link to a gap that a filter hides shows it again.
  window.addEventListener("hashchange", () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target && target.closest("[hidden]")) {
      clear();
      target.scrollIntoView();
    }
  });
  apply();
})();
