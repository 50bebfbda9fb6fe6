// Runs once, in the conversation's element: opens the card a marker leads to, copies an answer, keeps open what was opened.
const opened = new Set();
let shown = 0; // turns
let away = false; // the reader has moved in the page since the last question
const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";

function openCard(id) {
  const card = document.getElementById(id);
  if (!card) return;
  card.open = true;
  opened.add(id);
  card.scrollIntoView({ behavior: calm, block: "nearest" });
  card.querySelector("summary").focus({ preventScroll: true });
}

// Intranet pages without TLS have no navigator.clipboard: there the old command still works.
function copyByHand(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

async function copy(button) {
  let done = true;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    done = copyByHand(button.dataset.copy);
  }
  button.textContent = done ? button.dataset.done : button.dataset.failed;
  setTimeout(() => { button.textContent = button.dataset.label; }, 2000);
}

element.addEventListener("click", (event) => {
  const marker = event.target.closest(".zw-marker[href]"); // without one its card is still to come
  const button = event.target.closest(".zw-copy");
  const summary = event.target.closest("details > summary");
  if (marker) {
    event.preventDefault();
    openCard(marker.getAttribute("href").slice(1));
  } else if (button) {
    copy(button);
  } else if (summary) {
    const details = summary.parentElement;
    details.open ? opened.delete(details.id) : opened.add(details.id); // the click has not taken effect yet
  }
});

for (const move of ["wheel", "touchmove"]) {
  addEventListener(move, () => { away = true; }, { passive: true });
}
addEventListener("keydown", (event) => { away ||= !event.target.closest("#zw-composer"); });

watch("value", () => {
  for (const id of opened) {
    const details = document.getElementById(id);
    details ? (details.open = true) : opened.delete(id);
  }
  const turns = element.querySelectorAll(".zw-turn");
  if (turns.length !== shown) away = false;
  shown = turns.length;
  if (shown && !away) turns[shown - 1].scrollIntoView({ behavior: calm, block: "start" }); // the answer grows
});
