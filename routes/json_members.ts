/** A number, `true`, `false` or `null`. */
const SCALAR = /[^\s,\]}]+/y;
const STRUCTURE = /["{}[\]]/g;
const SPACE = /[ \t\r\n]*/y;

/**
 * The members of a JSON object, by name, each value as its own text. `JSON.parse` loses the digits of large numbers, and
 * the order and the spelling of what it reads. Of a name that is there twice the last one counts, as it does there.
 *
 * @param text An object that `JSON.parse` takes.
 */
export function jsonMembers(text: string): Map<string, string> {
  const members = new Map<string, string>();
  let at = skipSpace(text, text.indexOf("{") + 1);
  while (text[at] !== "}") {
    const nameEnd = endOf(text, at);
    const from = skipSpace(text, text.indexOf(":", nameEnd) + 1);
    const end = endOf(text, from);
    members.set(JSON.parse(text.slice(at, nameEnd)), text.slice(from, end));
    at = skipSpace(text, end);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return members;
}

function skipSpace(text: string, from: number): number {
  return from + match(SPACE, text, from).length;
}

/** Finds where the value that begins at an index ends. */
function endOf(text: string, from: number): number {
  if (text[from] === '"') return endOfString(text, from);
  if (text[from] !== "{" && text[from] !== "[") {
    return from + match(SCALAR, text, from).length;
  }
  let depth = 0;
  let at = from;
  do {
    STRUCTURE.lastIndex = at;
    const sign = STRUCTURE.exec(text)![0];
    at = STRUCTURE.lastIndex;
    if (sign === '"') at = endOfString(text, at - 1);
    else depth += sign === "{" || sign === "[" ? 1 : -1;
  } while (depth > 0);
  return at;
}

function endOfString(text: string, from: number): number {
  let at = from;
  do at = text.indexOf('"', at + 1); while (isEscaped(text, at));
  return at + 1;
}

function isEscaped(text: string, at: number): boolean {
  let from = at;
  while (text[from - 1] === "\\") from--;
  return (at - from) % 2 === 1;
}

function match(pattern: RegExp, text: string, from: number): string {
  pattern.lastIndex = from;
  return pattern.exec(text)![0];
}
