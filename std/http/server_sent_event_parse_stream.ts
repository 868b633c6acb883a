/** `@std/http/server-sent-event-parse-stream`, from npm, with its types. */
// @ts-types="./server_sent_event_parse_stream.d.ts"
export * from "deno-std/http/server_sent_event_parse_stream.js";
