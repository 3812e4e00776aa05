import { isTransportError } from "../../providers/transport/errors";
import { closeIdleConnections } from "../../providers/transport/pool";
import { Failure } from "../failure";

/**
 * OpenSSH's exit code for "no connection", which `hive ssh` passes on; a remote command hardly ever
 * ends with it.
 */
const noConnection = 255;

/** Tells a connection that failed from a command that failed: the exit code of the first is 255. */
export async function withoutConnection(work: Promise<number>): Promise<number> {
  try {
    return await work;
  } catch (error) {
    throw isTransportError(error) ? new Failure(error.message, noConnection) : error;
  } finally {
    closeIdleConnections();
  }
}
