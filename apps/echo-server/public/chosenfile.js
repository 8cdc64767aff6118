// The file that is to be sent next: picked in the file field, or dropped anywhere on the page.

import { element, onClick } from "./dom.js";
import { say, size } from "./language.js";

const input = element("file", HTMLInputElement);
const sendButton = element("send-file", HTMLButtonElement);

/** @type {File | null} */
let chosen = null;

/** @param {File | null} file */
function choose(file) {
  chosen = file;
  element("chosen", HTMLElement).hidden = file === null;
  if (file === null) {
    // Else the same file could not be picked again.
    input.value = "";
    return;
  }
  element("chosen-name", HTMLElement).textContent = file.name;
  say(element("chosen-size", HTMLElement), "size", { size: size(file.size) });
  if (!sendButton.disabled) sendButton.focus();
}

/** Gives the file out, once. */
export function takeFile() {
  const file = chosen;
  choose(null);
  return file;
}

input.addEventListener("change", () => choose(input.files?.[0] ?? null));
onClick("drop-file", () => {
  choose(null);
  input.focus();
});

/** @param {DragEvent} event */
function drag(event) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  // Else the browser would leave the page to show the file.
  event.preventDefault();
  document.body.classList.toggle("dropping", event.type === "dragenter" || event.type === "dragover");
  if (event.type === "drop") choose(event.dataTransfer.files[0] ?? null);
}

document.addEventListener("dragenter", drag);
document.addEventListener("dragover", drag);
document.addEventListener("dragleave", drag);
document.addEventListener("drop", drag);
