// The reader beside the conversation on a desk, over it on a phone. Markers are plain links where this does not run.
const main = element.closest("main");
const pane = document.getElementById("zw-pane");
const beside = document.getElementById("zw-beside");
const over = document.getElementById("zw-over");
const inside = pane.querySelector(".zw-pane-text");
const desk = window.matchMedia("(min-width: 64rem)");
let cameFrom = null; // the marker that was followed
let wanted = ""; // the address last asked for: an earlier one that comes late is let go
document.body.append(beside, over);

function host() {
  pane.hidden = false;
  (desk.matches ? beside : over).append(pane);
  beside.hidden = !desk.matches;
  document.body.classList.toggle("zw-reading", desk.matches);
  if (desk.matches) over.close();
  else if (!over.open) over.showModal(); // keeps the focus inside
}

function close() {
  if (pane.hidden) return;
  pane.hidden = true;
  beside.hidden = true;
  document.body.classList.remove("zw-reading");
  over.close();
  const back = cameFrom && (cameFrom.isConnected ? cameFrom : markerLike(cameFrom));
  if (back) back.focus();
}

// The conversation may have been drawn anew meanwhile.
function markerLike(old) {
  return [...main.querySelectorAll("a.zw-marker, a.zw-open")].find((link) => link.href === old.href);
}

async function leafOf(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  const there = new DOMParser().parseFromString(await answer.text(), "text/html");
  const leaf = there.getElementById("zw-leaf");
  if (!leaf) throw new Error(`no report in ${address}`);
  return [document.adoptNode(leaf), there.querySelector("h1").textContent];
}

async function read(link) {
  const address = link.getAttribute("href").split("#")[0];
  cameFrom = link;
  wanted = address;
  pane.querySelector(".zw-pane-alone").href = link.getAttribute("href");
  inside.textContent = pane.dataset.loading;
  host();
  try {
    const [leaf, title] = await leafOf(address);
    if (wanted !== address) return;
    pane.querySelector(".zw-pane-title").textContent = title;
    inside.replaceChildren(leaf);
  } catch {
    if (wanted === address) inside.textContent = pane.dataset.failed;
  }
  const mark = inside.querySelector("mark");
  if (!mark) return pane.querySelector(".zw-pane-close").focus();
  mark.scrollIntoView({ block: "center" });
  mark.focus({ preventScroll: true });
}

function jump(link) {
  const place = inside.querySelector(`[id="${CSS.escape(link.getAttribute("href").slice(1))}"]`);
  if (!place) return;
  place.scrollIntoView({ block: "start" });
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return; // opens a tab, as any link
  const link = event.target.closest("a.zw-marker[href], a.zw-open");
  const place = event.target.closest("#zw-pane a[href^='#']");
  if (link || place) event.preventDefault();
  if (link) read(link);
  else if (place) jump(place);
  else if (event.target.closest(".zw-pane-close") || event.target === over) close();
});
beside.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
over.addEventListener("close", () => { if (!desk.matches) close(); });
desk.addEventListener("change", () => { if (!pane.hidden) host(); });
