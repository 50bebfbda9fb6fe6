// Runs once, in the conversation's element: copies and rates answers, keeps open what was opened.
const opened = new Set();
let shown = 0; // turns
let away = false; // the reader has moved in the page since the last question
const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
const main = element.closest("main");

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

main.addEventListener("click", (event) => {
  const button = event.target.closest(".zw-copy");
  const summary = event.target.closest("details > summary");
  if (button) {
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
  document.dispatchEvent(new Event("zw-drawn"));
});

// What the browser keeps. Erased in one tab, it is erased in all of them: the others must not write it down again.
window.zwForget = () => {
  for (const key of ["zw-kept", "zw-rated"]) localStorage.removeItem(key);
};
addEventListener("storage", (event) => {
  if (event.key === "zw-kept" && event.newValue === null) location.reload();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest(".zw-lang a");
  if (link) localStorage.setItem("zw-lang", link.lang.slice(0, 2));
});

// Ratings go to the server under the answer's receipt; that one was given is kept in this browser.
const rated = () => JSON.parse(localStorage.getItem("zw-rated") || "{}");

function showRatings() {
  const known = rated();
  for (const form of main.querySelectorAll(".zw-rate")) {
    const good = known[form.dataset.receipt];
    if (good === undefined) continue;
    press(form, good);
    form.querySelector(".zw-said-thanks").textContent = form.dataset.thanks;
  }
}

function press(form, good) {
  form.querySelector(".zw-good").setAttribute("aria-pressed", String(good));
  form.querySelector(".zw-bad").setAttribute("aria-pressed", String(!good));
}

function unfold(form, open) {
  form.querySelector(".zw-why").hidden = !open;
  form.querySelector(".zw-bad").setAttribute("aria-expanded", String(open));
}

async function rate(form, good) {
  const line = form.querySelector(".zw-said-thanks");
  const rating = { receipt_id: form.dataset.receipt, good };
  if (!good) Object.assign(rating, { reason: Number(form.elements.reason.value), comment: form.elements.comment.value });
  try {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(form.getAttribute("action"), { method: "POST", headers, body: JSON.stringify(rating) });
    if (!answer.ok) throw new Error(answer.status);
  } catch {
    line.textContent = form.dataset.failed;
    return;
  }
  localStorage.setItem("zw-rated", JSON.stringify({ ...rated(), [rating.receipt_id]: good }));
  unfold(form, false);
  showRatings();
}

main.addEventListener("click", (event) => {
  const form = event.target.closest(".zw-rate");
  if (!form) return;
  if (event.target.closest(".zw-good")) rate(form, true);
  if (event.target.closest(".zw-bad")) unfold(form, form.querySelector(".zw-why").hidden);
});
main.addEventListener("submit", (event) => {
  if (!event.target.matches(".zw-rate")) return;
  event.preventDefault();
  rate(event.target, false);
});
document.addEventListener("zw-drawn", showRatings);
