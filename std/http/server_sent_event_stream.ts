/** `@std/http/server-sent-event-stream`, from npm, with its types. */
// @ts-types="./server_sent_event_stream.d.ts"
export * from "deno-std/http/server_sent_event_stream.js";
