import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { HttpError } from "../routes/http_error.ts";
import { drawRequestId } from "../routes/request_id.ts";
import type { WatchedConnection } from "./connection_watch.ts";
import { failureResponse } from "./failure_response.ts";
import {
  refuse,
  sendResponse,
  sendStreamHead,
  toParseError,
} from "./node_answer.ts";
import { NodeClient } from "./node_client.ts";
import { NodeRequest } from "./node_request.ts";
import { dropRest } from "./node_rest.ts";
import type { NodeService } from "./node_service.ts";
import type { NodeSink } from "./node_sink.ts";
import type { Permit } from "./permit.ts";
import { NodeLimits, type Overdue, SlowHeadError } from "./node_limits.ts";

/** How many requests of one connection may wait for their turn: each takes memory, and clients seldom send more than one. */
const MAX_WAITING = 100;

/**
 * One connection. It answers one request at a time; others that are sent meanwhile wait. A stream is the last answer: a
 * further request destroys the connection, as its answer could only come after the stream's end.
 */
export class NodeConnection implements WatchedConnection {
  readonly #service: NodeService;
  readonly #socket: Socket;
  readonly #permit: Permit;
  readonly #limits: NodeLimits;
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
    this.#limits = new NodeLimits(socket);
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
    const isOver = this.#isStream || this.#isRefused;
    if (isOver || this.#waiting === MAX_WAITING) this.#socket.destroy();
    else if (answer.socket) this.#serve(message, answer, onRead);
    else {
      this.#waiting++;
      answer.once("socket", () => {
        this.#waiting--;
        this.#serve(message, answer, onRead);
      });
    }
  }

  /** Answers what cannot be parsed, and closes the connection. A client that has left causes it, too. */
  fail({ code }: Error & { code?: string }): void {
    if (!this.#socket.writable) this.#socket.destroy();
    else this.refuse(toParseError(code));
  }

  /**
   * Answers what no `Request` can be made of, and closes the connection.
   *
   * @param method The request's, if it is known.
   */
  refuse(error: HttpError, method?: string): void {
    // What comes after that cannot be parsed, either.
    if (this.#isRefused) return;
    const isAnswering = this.#answer?.headersSent ?? false;
    if (isAnswering) this.#socket.destroy();
    else {
      this.#isRefused = true;
      const requestId = drawRequestId();
      refuse(this.#socket, error, requestId);
      this.#service.onUnreadable({
        status: error.status,
        method,
        address: this.#permit.address,
        requestId,
      });
    }
  }

  look(): boolean {
    if (this.#socket.destroyed) return false;
    const isIdle = !this.#answer && !this.#isRefused;
    const reason = this.#limits.look(isIdle);
    if (reason) this.#onOverdue(reason);
    return true;
  }

  #onOverdue(reason: Overdue): void {
    // Browsers connect in advance, and expect no answer on such a connection.
    const isUnused = this.#socket.bytesRead === 0;
    if (!isUnused) this.#service.onRefused(reason);
    if (reason === "stalled" || isUnused) this.#socket.destroy();
    else this.refuse(new SlowHeadError());
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
      // Another one that had to wait may be at work already.
      if (this.#answer === answer) {
        this.#answer = undefined;
        this.#limits.noteAnswered();
      }
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
        this.#dropRest(message, answer);
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
      this.#dropRest(message, answer);
      return await sendResponse(answer, response);
    }
    // The head and the first bytes together cost one write.
    this.#socket.cork();
    sendStreamHead(answer, response);
    this.#isStream = method !== "HEAD";
    if (!this.#isStream) answer.end();
    else if (this.#waiting === 0) sink.begin();
    this.#socket.uncork();
    if (this.#isStream && this.#waiting > 0) this.#socket.destroy();
  }

  #dropRest(message: IncomingMessage, answer: ServerResponse): void {
    dropRest(message, answer, () => this.#service.onRefused("long_body"));
  }
}
