/**
 * Attributes that keep an element and its content from being translated by the browser. A translation replaces text
 * nodes that Preact needs later, and the page would freeze.
 *
 * The server writes the attribute, which is a word. In the browser Preact sets the property, which is a boolean.
 */
export const UNTRANSLATED = {
  translate: (typeof document === "undefined" ? "no" : false) as boolean,
};
