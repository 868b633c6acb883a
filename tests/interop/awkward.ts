/** Data that is awkward on the wire, by name. */
export const AWKWARD: Record<string, string> = {
  "empty": "",
  "one space": " ",
  "leading spaces": "  two",
  "trailing space": "one ",
  "tab": "\tone\t",
  "one newline": "\n",
  "newlines": "one\n\ntwo",
  "leading newline": "\none",
  "trailing newline": "one\n",
  "CR": "one\rtwo",
  "CRLF": "one\r\ntwo",
  "colon": ":one",
  "fields": "data: one\nid: 7\nevent: two\nretry: 1",
  "BOM": "\uFEFFone",
  "NUL": "one\0two",
  "control": "\x01\x1b[1m\x7f",
  "separators": "a\x0bb\x0cc\x1cd\x1de\x1ef\x85g\u2028h\u2029i",
  "emoji": "👩‍🚀🎉 ünï 漢字",
  "not in Unicode yet": "\u{1FFFE}\u{10FFFF}",
  "JSON": '{"a":"\\u0000\\n","b":[1e400]}',
};

/** A line of 200 KiB: above the 64 and 128 KiB at which some libraries give up. */
export const LONG_LINE = "0123456789".repeat(20_480);

/** How Chime sends data: CR and CRLF arrive as LF. */
export function asSent(data: string): string {
  return data.replaceAll(/\r\n?/g, "\n");
}
