import type { ServerResponse } from "node:http";
import type { RefusedReason } from "../hub/refused.ts";
import type { Client } from "../routes/client.ts";
import { NodeSink } from "./node_sink.ts";

/** The client that sent a request. */
export class NodeClient implements Client {
  readonly address: string;
  readonly refused: RefusedReason | undefined;
  /** The sink of the stream that answers the request, if a stream does. */
  sink: NodeSink | undefined;
  readonly #answer: ServerResponse;

  constructor(
    answer: ServerResponse,
    address: string,
    refused: RefusedReason | undefined,
  ) {
    this.address = address;
    this.refused = refused;
    this.#answer = answer;
  }

  makeSink(): NodeSink {
    return this.sink = new NodeSink(this.#answer);
  }
}
