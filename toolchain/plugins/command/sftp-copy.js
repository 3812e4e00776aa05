// @ts-check
/**
 * Copies to a host over SFTP, with the rules of pulumi-command's CopyToRemote:
 *
 * | source | remote path is a directory | does not exist        | is a file   |
 * |--------|----------------------------|-----------------------|-------------|
 * | dir    | path/dir                   | path is made, path/dir| error       |
 * | dir/   | its entries into path      | path is made, entries | error       |
 * | file   | path/file                  | path                  | overwritten |
 * | text   | error                      | path                  | overwritten |
 */
const { readdirSync, statSync } = require("node:fs");
const { basename, join, posix } = require("node:path");
const { promisify } = require("node:util");
const { dial, nameOf } = require("./ssh-dial");

const noSuchFile = 2; // SSH_FX_NO_SUCH_FILE

/**
 * @param {import("./ssh-dial").Connection} connection
 * @param {import("./property-values").Asset} source with a `path`, else its `text`
 * @param {string} remotePath
 * @param {import("./operation").Operation} operation
 * @returns {Promise<void>}
 * @throws when no connection is made or a file cannot be copied; the text names host and path
 */
async function copySource(connection, source, remotePath, { signal, log }) {
  const { client, close } = await dial(connection, signal, log.status);
  try {
    const sftp = await new Promise((resolve, reject) => {
      client.once("close", () => reject(new Error("the connection was lost")));
      client.sftp((error, opened) => (error === undefined ? resolve(opened) : reject(error)));
    });
    const remote = remoteFiles(sftp);
    const stopped = new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      client.once("close", () => reject(new Error("the connection was lost")));
    });
    stopped.catch(() => {}); // it may end after the copy
    const copied =
      source.path === undefined || source.path === ""
        ? copyText(remote, source.text ?? "", remotePath)
        : copyPath(remote, source.path, remotePath);
    await Promise.race([copied, stopped]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Copying to ${nameOf(connection)}:${remotePath} failed: ${reason}`, {
      cause: error,
    });
  } finally {
    await close();
  }
}

/**
 * @typedef {ReturnType<typeof remoteFiles>} RemoteFiles
 * @param {import("ssh2").SFTPWrapper} sftp
 */
function remoteFiles(sftp) {
  const stat = promisify(sftp.stat.bind(sftp));
  const mkdir = promisify(
    /** @type {(path: string, done: (error?: any) => void) => void} */ (sftp.mkdir.bind(sftp)),
  );
  const put = promisify(
    /** @type {(from: string, to: string, done: (error?: any) => void) => void} */ (
      sftp.fastPut.bind(sftp)
    ),
  );
  const write = promisify(
    /** @type {(path: string, data: Buffer, done: (error?: any) => void) => void} */ (
      sftp.writeFile.bind(sftp)
    ),
  );
  /**
   * @template T
   * @param {string} what
   * @param {Promise<T>} done
   * @returns {Promise<T>}
   */
  const named = (what, done) =>
    done.catch((error) => {
      throw new Error(`${what}: ${error.message}`);
    });
  return {
    /** @param {string} path @returns {Promise<"directory" | "file" | "nothing">} what is there */
    kind: (path) =>
      stat(path).then(
        (found) => (/** @type {any} */ (found).isDirectory() ? "directory" : "file"),
        (error) => {
          if (error.code === noSuchFile) {
            return "nothing";
          }
          throw new Error(`cannot look at remote path ${path}: ${error.message}`);
        },
      ),
    /** @param {string} path */
    makeDirectory: (path) => named(`cannot make remote directory ${path}`, mkdir(path)),
    /** @param {string} from @param {string} to */
    copyFile: (from, to) => named(`cannot copy ${from} to remote path ${to}`, put(from, to)),
    /** @param {string} path @param {string} text */
    writeText: (path, text) =>
      named(`cannot write remote file ${path}`, write(path, Buffer.from(text))),
  };
}

/** @param {RemoteFiles} remote @param {string} text @param {string} to */
async function copyText(remote, text, to) {
  if ((await remote.kind(to)) === "directory") {
    throw new Error(`remote path ${to} is a directory; for a text, name the file`);
  }
  await remote.writeText(to, text);
}

/** @param {RemoteFiles} remote @param {string} from @param {string} to */
async function copyPath(remote, from, to) {
  const local = statSync(from, { throwIfNoEntry: false });
  if (local === undefined) {
    throw new Error(`there is no file or directory ${from} on this computer`);
  }
  if (!local.isDirectory()) {
    const into = (await remote.kind(to)) === "directory";
    await remote.copyFile(from, into ? posix.join(to, basename(from)) : to);
    return;
  }
  await ensureDirectory(remote, to);
  if (from.endsWith("/")) {
    await copyEntries(remote, from, to);
  } else {
    const inside = posix.join(to, basename(from));
    await ensureDirectory(remote, inside);
    await copyEntries(remote, from, inside);
  }
}

/** @param {RemoteFiles} remote @param {string} path */
async function ensureDirectory(remote, path) {
  const kind = await remote.kind(path);
  if (kind === "file") {
    throw new Error(`remote path ${path} exists but is not a directory`);
  }
  if (kind === "nothing") {
    await remote.makeDirectory(path);
  }
}

/** @param {RemoteFiles} remote @param {string} from a directory @param {string} to a directory */
async function copyEntries(remote, from, to) {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), posix.join(to, entry.name)];
    if (entry.isDirectory()) {
      await ensureDirectory(remote, target);
      await copyEntries(remote, source, target);
    } else {
      await remote.copyFile(source, target);
    }
  }
}

module.exports = { copySource };
