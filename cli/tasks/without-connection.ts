import { isTransportError } from "../../providers/transport/errors";
import { closeIdleConnections } from "../../providers/transport/pool";
import { Failure } from "../failure";

/**
 * OpenSSH's exit code for "no connection", which `hive ssh` passes on; remote commands hardly ever
 * use it.
 */
const noConnection = 255;

/**
 * Distinguishes a failed connection from a failed command: the exit code of a failed connection is
 * 255.
 */
export async function withoutConnection(work: Promise<number>): Promise<number> {
  try {
    return await work;
  } catch (error) {
    throw isTransportError(error) ? new Failure(error.message, noConnection) : error;
  } finally {
    closeIdleConnections();
  }
}
