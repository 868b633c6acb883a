/**
 * A worker of the server that fails on request.
 *
 * @module
 */
import "./failing_server.ts";
import "../../server/worker.ts";
