// When the login has ended, nothing that was typed may be lost: the page stays, and a line says what to do.
{
  const fetched = window.fetch;
  window.fetch = async (...request) => {
    const answer = await fetched(...request);
    const line = document.getElementById("zw-expired");
    if (line) line.hidden = answer.status !== 401 && (line.hidden || !answer.ok);
    return answer;
  };
}

// Where HTML of ours is drawn anew, the keyboard stays where it was: elements are known by data-key.
window.zwKeepFocus = (element, watch) => {
  let key = null;
  element.addEventListener("focusin", (event) => { key = event.target.dataset.key ?? null; });
  element.addEventListener("focusout", (event) => { if (event.relatedTarget) key = null; });
  watch("value", () => {
    if (key === null || document.activeElement !== document.body) return;
    element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  });
};
