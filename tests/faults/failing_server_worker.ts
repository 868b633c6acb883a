/**
 * A worker of a server that fails when it is asked to.
 *
 * @module
 */
import "./failing_server.ts";
import "../../server/worker.ts";
