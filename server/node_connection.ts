import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { RefusedReason } from "../hub/refused.ts";
import type { Client } from "../routes/client.ts";
import { HttpError } from "../routes/http_error.ts";
import type { ListenerOptions } from "./listener.ts";
import { failureResponse } from "./failure_response.ts";
import { refuse, sendResponse, sendStreamHead } from "./node_answer.ts";
import { NodeRequest } from "./node_request.ts";
import { dropRest } from "./node_rest.ts";
import { NodeSink } from "./node_sink.ts";
import type { Permit } from "./permit.ts";

/** How many requests of one connection may wait for their turn: each takes memory, and clients seldom send more than one. */
const MAX_WAITING = 100;

/** What all connections of a listener share. */
export interface NodeService
  extends Pick<ListenerOptions, "handler" | "admission"> {
  /** The listener's address and port, for requests that name no host. */
  readonly host: string;
  /** Whether connections are closed after their next answer. */
  readonly isClosing: boolean;
  /** Called when something begins (1) or ends (-1) that the listener's end must wait for. */
  noteWork(change: 1 | -1): void;
}

/**
 * One connection. It answers one request at a time; others that are sent meanwhile wait. A stream is the last answer: a
 * further request destroys the connection, as its answer could only come after the stream's end.
 */
export class NodeConnection {
  readonly #service: NodeService;
  readonly #socket: Socket;
  readonly #permit: Permit;
  /** Whether it brings requests of a trusted proxy's clients. */
  readonly #isProxy: boolean;
  /** The answer at work. */
  #answer: ServerResponse | undefined;
  /** How many requests wait for their turn. */
  #waiting = 0;
  #isStream = false;
  #isRefused = false;

  /** @param permit Says whose it is, and whether it is over a limit. */
  constructor(service: NodeService, socket: Socket, permit: Permit) {
    this.#service = service;
    this.#socket = socket;
    this.#permit = permit;
    this.#isProxy = service.admission.isProxy(permit.address);
  }

  /**
   * Answers a request.
   *
   * @param onRead Called before its body is read, if it is.
   */
  take(
    message: IncomingMessage,
    answer: ServerResponse,
    onRead?: () => void,
  ): void {
    if (this.#isStream || this.#waiting === MAX_WAITING) {
      this.#socket.destroy();
    } else if (answer.socket) this.#serve(message, answer, onRead);
    else {
      this.#waiting++;
      answer.once("socket", () => {
        this.#waiting--;
        this.#serve(message, answer, onRead);
      });
    }
  }

  /** Answers what cannot be parsed, and closes the connection. A client that has left causes it, too. */
  fail(error: Error & { code?: string }): void {
    const isAnswering = this.#answer?.headersSent ?? false;
    if (!this.#socket.writable || isAnswering) this.#socket.destroy();
    else {
      this.#isRefused = true;
      refuse(
        this.#socket,
        error.code === "HPE_HEADER_OVERFLOW"
          ? new HttpError(431, "Cannot read the request: its head is too large")
          : new HttpError(
            400,
            "Cannot read the request: it must be well-formed HTTP/1.1",
          ),
      );
    }
  }

  async #serve(
    message: IncomingMessage,
    answer: ServerResponse,
    onRead?: () => void,
  ) {
    const service = this.#service;
    const permit = this.#admit(message);
    const refused = this.#permit.refused ?? permit.refused;
    const client = new NodeClient(answer, permit.address, refused);
    this.#answer = answer;
    service.noteWork(1);
    answer.once("close", () => {
      this.#answer = undefined;
      client.sink?.leave();
      if (permit !== this.#permit) permit[Symbol.dispose]();
      service.noteWork(-1);
    });
    service.noteWork(1);
    try {
      const request = new NodeRequest(message, service.host, onRead);
      const response = await service.handler(request, client);
      await this.#send(message, answer, response, client.sink);
    } catch (error) {
      const response = failureResponse(error);
      if (answer.headersSent) this.#socket.destroy();
      else {
        dropRest(message, answer);
        await sendResponse(answer, response);
      }
    } finally {
      service.noteWork(-1);
    }
  }

  /** Returns the permit of the request: the connection's, unless the connection brings requests of several clients. */
  #admit({ headers }: IncomingMessage): Permit {
    if (!this.#isProxy) return this.#permit;
    return this.#service.admission.request(
      this.#permit.address,
      // Node joins the fields of this name, and has an array for none but `Set-Cookie`.
      () => headers["x-forwarded-for"] as string | undefined ?? null,
      false,
    );
  }

  async #send(
    message: IncomingMessage,
    answer: ServerResponse,
    response: Response,
    sink: NodeSink | undefined,
  ): Promise<void> {
    const { method } = message;
    const isStream = sink !== undefined && response.body === null;
    const isGone = answer.destroyed || this.#isRefused;
    if (!isStream || isGone || method === "HEAD") sink?.leave();
    if (isGone) return;
    if (this.#service.isClosing || this.#permit.refused) {
      answer.shouldKeepAlive = false;
    }
    if (!isStream) {
      dropRest(message, answer);
      return await sendResponse(answer, response);
    }
    sendStreamHead(answer, response);
    if (method === "HEAD") answer.end();
    else if (this.#waiting > 0) this.#socket.destroy();
    else {
      this.#isStream = true;
      sink.begin();
    }
  }
}

/** The client that sent a request. */
class NodeClient implements Client {
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
