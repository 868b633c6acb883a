/**
 * Keeps an element, and all within, from a browser's translation, which replaces text that Preact later looks for in
 * vain: the page would freeze.
 *
 * The attribute is a word, which the server writes. The property of the same name, which Preact sets in the browser, is
 * a boolean.
 */
export const UNTRANSLATED = {
  translate: (typeof document === "undefined" ? "no" : false) as boolean,
};
