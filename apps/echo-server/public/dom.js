/**
 * The element of that name; the page is wrong when it has none or another kind.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new TypeError(`The page has no ${type.name} named ${id}`);
  return found;
}

/**
 * @param {string} id of a button
 * @param {() => void} action
 */
export function onClick(id, action) {
  element(id, HTMLButtonElement).addEventListener("click", action);
}

/**
 * @param {string} id of a form
 * @param {() => void} action
 */
export function onSubmit(id, action) {
  element(id, HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    action();
  });
}
