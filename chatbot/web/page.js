// Runs once, in the conversation's element: opens the card a marker leads to, copies an answer, keeps open cards open.
const opened = new Set();
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
  const marker = event.target.closest(".zw-marker");
  const button = event.target.closest(".zw-copy");
  const summary = event.target.closest(".zw-card > summary");
  if (marker) {
    event.preventDefault();
    openCard(marker.getAttribute("href").slice(1));
  } else if (button) {
    copy(button);
  } else if (summary) {
    const card = summary.parentElement;
    card.open ? opened.delete(card.id) : opened.add(card.id); // the click has not taken effect yet
  }
});

watch("value", () => {
  for (const id of opened) {
    const card = document.getElementById(id);
    card ? (card.open = true) : opened.delete(id);
  }
  const last = element.querySelector(".zw-turn:last-child");
  if (last) last.scrollIntoView({ behavior: calm, block: "start" }); // at each stage: the answer is taller than the stages
});
