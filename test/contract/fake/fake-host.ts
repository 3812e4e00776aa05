import {
  createServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { type Duplex, Readable } from "node:stream";

import { type Connection as SshConnection, Server as SshServer } from "ssh2";

import { generateOpenSshKeyPair } from "../../../providers/ssh-key-pair/openssh-key";
import { useOperatorKey } from "../../operator-key";
import type { HostAccess } from "../../../providers/transport/host-access";

/** Answers a request to a fake engine. */
export type EngineHandler = (request: EngineRequest) => EngineAnswer | Promise<EngineAnswer>;

/** A request as an engine gets it. */
export interface EngineRequest {
  readonly method: string;
  /** Without query and version. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined if there was none. */
  readonly body: unknown;
  /** The body as it came. */
  readonly text: string;
  readonly headers: IncomingMessage["headers"];
}

/** Status and JSON body, or bytes, or a stream that goes on. */
export interface EngineAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** Runs a command that came over SSH: gets the command, its standard input, and who runs it. */
export type CommandHandler = (
  command: string,
  stdin: string,
  user: string,
) => { readonly stdout?: string; readonly stderr?: string; readonly code: number };

/**
 * Takes over the connection of a request that asks for one of its own, as `POST /exec/<id>/start`
 * does.
 */
export type ConnectionHandler = (path: string, connection: Duplex) => void;

/** An sshd on loopback with an engine behind it that a test scripts. The SSH part is real. */
export interface FakeHost {
  readonly access: HostAccess;
  /**
   * Who may log in: with the operator's key, or with a password. At first the admin user, with the
   * key.
   */
  readonly users: Map<string, { readonly password?: string }>;
  /** Requests to the engine so far, as `POST /swarm/init`. */
  readonly requests: readonly string[];
  /** Logged-in SSH connections since the start. */
  readonly connections: number;
  /** Requests that the engine had before it at the same time, at most. */
  readonly mostRequests: number;
  /** Ends all connections, and takes no new ones, like a host without power. */
  die(): Promise<void>;
  /** Takes connections again, on the same port with the same key. */
  revive(): Promise<void>;
  /** Presents another host key to connections from now on. */
  presentHostKey(privateKey: string): void;
  /** Drops the open connections only. */
  drop(): void;
  stop(): Promise<void>;
}

/** Starts a host; `name` shows in messages. */
export async function startFakeHost(
  name: string,
  engine: EngineHandler = () => ({ status: 404 }),
  command: CommandHandler = () => ({ code: 0 }),
  takeOver?: ConnectionHandler,
): Promise<FakeHost> {
  const hostKey = generateOpenSshKeyPair(name);
  const operator = useOperatorKey();

  const users = new Map<string, { readonly password?: string }>([["hive", {}]]);
  const requests: string[] = [];
  const open = new Set<Socket>();
  let connections = 0;
  let current = 0;
  let mostRequests = 0;
  const http = engineServer(async (request) => {
    requests.push(`${request.method} ${request.path}`);
    current++;
    mostRequests = Math.max(mostRequests, current);
    try {
      return await engine(request);
    } finally {
      current--;
    }
  });
  if (takeOver !== undefined) {
    http.on("upgrade", (request, socket, head) => {
      const { pathname } = new URL(request.url ?? "/", "http://engine");
      const bodyLength = Number(request.headers["content-length"] ?? 0);
      requests.push(`${request.method} ${pathname}`);
      // Node hands over what follows the headers unread, so the request's own body has to be taken
      // off first.
      const begin = (seen: Buffer): void => {
        if (seen.length < bodyLength) {
          socket.once("data", (more: Buffer) => begin(Buffer.concat([seen, more])));
          return;
        }
        socket.pause();
        socket.unshift(seen.subarray(bodyLength));
        socket.write(
          "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n" +
            "Content-Type: application/vnd.docker.raw-stream\r\n\r\n",
        );
        takeOver(pathname, socket);
      };
      begin(head);
    });
  }
  const serve = (connection: SshConnection): void => {
    let name = "";
    connection.on("error", () => undefined);
    connection.on("authentication", (context) => {
      const user = users.get(context.username);
      const known =
        user?.password === undefined
          ? operator.publicKey.includes(
              context.method === "publickey" ? context.key.data.toString("base64") : "\n",
            )
          : context.method === "password" && context.password === user.password;
      if (user !== undefined && known) {
        name = context.username;
        context.accept();
      } else {
        context.reject();
      }
    });
    connection.on("ready", () => {
      connections++;
      connection.on("session", (acceptSession) => {
        acceptSession().on("exec", (acceptExec, _reject, info) => {
          const stream = acceptExec();
          const input: Buffer[] = [];
          stream.on("data", (chunk: Buffer) => input.push(chunk));
          stream.on("end", () => {
            const result = command(info.command, Buffer.concat(input).toString(), name);
            stream.write(result.stdout ?? "");
            stream.stderr.write(result.stderr ?? "");
            stream.exit(result.code);
            stream.end();
          });
        });
      });
      connection.on("openssh.streamlocal" as "tcpip", (acceptChannel) => {
        const stream = acceptChannel();
        stream.on("error", () => undefined);
        // What Node's HTTP server calls on a net.Socket.
        const nothing = (): unknown => stream;
        Object.assign(stream, { setTimeout: nothing, setNoDelay: nothing, setKeepAlive: nothing });
        http.emit("connection", stream);
      });
    });
  };
  let ssh = new SshServer({ hostKeys: [hostKey.privateKey] }, serve);
  const server = createTcpServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => open.delete(socket));
    ssh.injectSocket(socket);
  });
  const listen = (port: number): Promise<number> =>
    new Promise((resolve) =>
      server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
    );
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
  const port = await listen(0);
  return {
    access: {
      name,
      address: "127.0.0.1",
      port,
      user: "hive",
      hostKey: hostKey.publicKey,
      stage: "private",
    },
    users,
    requests,
    get connections() {
      return connections;
    },
    get mostRequests() {
      return mostRequests;
    },
    die: close,
    async revive() {
      await listen(port);
    },
    presentHostKey(privateKey) {
      ssh = new SshServer({ hostKeys: [privateKey] }, serve);
    },
    drop() {
      for (const socket of open) socket.destroy();
    },
    async stop() {
      await close();
    },
  };
}

/** The HTTP side; its connections come through SSH channels. */
function engineServer(handler: EngineHandler): HttpServer {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? "/", "http://engine");
    const method = request.method ?? "GET";
    const { status, body } = await handler({
      method,
      path: url.pathname,
      query: url.searchParams,
      body: request.headers["content-type"] === "application/json" ? JSON.parse(text) : undefined,
      text,
      headers: request.headers,
    });
    if (body instanceof Readable) {
      response.writeHead(status, { connection: "close" });
      response.flushHeaders();
      body.pipe(response);
      return;
    }
    const bytes = Buffer.isBuffer(body)
      ? body
      : Buffer.from(body === undefined ? "" : JSON.stringify(body));
    response.writeHead(status, { "content-length": bytes.length, connection: "close" });
    response.end(bytes);
  };
  return createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(500);
      response.end(JSON.stringify({ message: `the test's engine failed: ${String(error)}` }));
    });
  });
}
