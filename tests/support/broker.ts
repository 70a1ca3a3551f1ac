/**
 * A disposable RabbitMQ node of a test's own: nothing is shared with other nodes on the machine.
 *
 * Each node has its own folder, cookie, ports and epmd (the Erlang name server; without an own one
 * the node would start a daemon that outlives it). A shell supervises the node, so that a test may
 * kill and start it without opening a process of its own. Everything dies with the test process,
 * however that ends: each process asks the kernel for SIGKILL at its parent's death.
 *
 * A node needs about 8 s to start: have one for a test file, and a virtual host for each test.
 *
 * @module
 */
import {
  findFile,
  ignoreWithout,
  programFolders,
  removeFolder,
} from "./programs.ts";
import { until } from "./waiting.ts";

/** A running node, of which tests may do whatever they like. */
export interface Broker extends AsyncDisposable {
  /** The address of the virtual host `/`, with the password of the administrator. */
  readonly url: string;
  readonly port: number;
  /** Where it speaks TLS, if it was given a certificate. */
  readonly securePort: number;
  /** Makes an empty virtual host and returns its address. */
  createVhost(name: string): Promise<string>;
  /** Sends one request to the management API; throws unless it succeeds. */
  manage(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Runs `rabbitmqctl`, which takes a second, for what the management API can't do. */
  control(...args: readonly string[]): Promise<void>;
  /** Returns what the node has logged so far. */
  log(): Promise<string>;
  /** Ends the node at once, as a power cut does; resolves when its port is free. */
  kill9(): Promise<void>;
  /** Ends the node as an administrator does: it closes its connections first. */
  stop(): Promise<void>;
  /** Starts a killed or stopped node again on the same data; resolves when it accepts connections. */
  restart(): Promise<void>;
  /** Stops the node in its tracks: connections stay open, and nothing answers. */
  freeze(): void;
  /** Lets a frozen node go on. */
  thaw(): void;
}

/** Paths of the PEM files that a server shows and keeps. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A node takes seconds to start, and each look at it a connection. */
const LOOK_EVERY_MS = 50;

const USER = "adm";
const PASSWORD = "adm";

/** Returns whether tests over RabbitMQ must be ignored here, and says so. */
export function ignoreWithoutBroker(): boolean {
  return ignoreWithout({
    what: "RabbitMQ",
    isThere: brokerInstalled(),
    install: "rabbitmq-server",
  });
}

/** Whether `startBroker` has what it needs. */
export function brokerInstalled(): boolean {
  return Object.values(findPrograms()).every((path) => path !== undefined);
}

/** Starts a node, one that also speaks TLS if given a certificate; resolves when it accepts. */
export async function startBroker(
  { certificate }: { readonly certificate?: Certificate } = {},
): Promise<Broker> {
  const { server, epmd, setpriv } = findPrograms();
  if (server === undefined || epmd === undefined || setpriv === undefined) {
    throw new Error(
      "Cannot start a broker: rabbitmq-server, epmd or setpriv is missing. " +
        "Install rabbitmq-server (Debian: apt-get install rabbitmq-server)",
    );
  }
  const folder = await Deno.makeTempDir({ prefix: "pong-broker-" });
  const [port, managementPort, nodePort, epmdPort, securePort] = freePorts(5);
  await Deno.mkdir(`${folder}/home`);
  const files = {
    "env.conf": "",
    "plugins": "[rabbitmq_management].\n",
    "rabbitmq.conf": `listeners.tcp.1 = 127.0.0.1:${port}
management.tcp.ip = 127.0.0.1
management.tcp.port = ${managementPort}
default_user = ${USER}
default_pass = ${PASSWORD}
loopback_users = none
disk_free_limit.absolute = 50MB
vm_memory_high_watermark.absolute = 1GB
${certificate === undefined ? "" : tlsSettings(certificate, securePort)}`,
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
  const env = {
    HOME: `${folder}/home`,
    // The start script then becomes the node instead of waiting for it: fewer processes to lose.
    RUNNING_UNDER_SYSTEMD: "true",
    RABBITMQ_NODENAME: "rabbit@localhost",
    RABBITMQ_CONF_ENV_FILE: `${folder}/env.conf`,
    RABBITMQ_CONFIG_FILE: `${folder}/rabbitmq.conf`,
    RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/plugins`,
    RABBITMQ_MNESIA_BASE: `${folder}/mnesia`,
    RABBITMQ_LOG_BASE: `${folder}/log`,
    RABBITMQ_PID_FILE: `${folder}/pid`,
    RABBITMQ_DIST_PORT: `${nodePort}`,
    ERL_EPMD_PORT: `${epmdPort}`,
    ERL_EPMD_ADDRESS: "127.0.0.1",
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      "-kernel inet_dist_use_interface {127,0,0,1}",
    SERVER: server,
    EPMD: epmd,
  };
  const supervisor = new Deno.Command(setpriv, {
    args: ["--pdeathsig", "KILL", "sh", "-c", SUPERVISE],
    ...{ cwd: folder, env, stdin: "piped", stdout: "null", stderr: "null" },
  }).spawn();
  const orders = supervisor.stdin.getWriter();

  const start = async () => {
    await orders.write(new TextEncoder().encode("start\n"));
    await until(
      () => accepts(port),
      async () =>
        `the broker does not start: ${await lastWords(`${folder}/out.log`)}`,
      LOOK_EVERY_MS,
    );
  };
  const untilClosed = (port: number) =>
    until(
      async () => !await accepts(port),
      `Closing the broker's port ${port}`,
      LOOK_EVERY_MS,
    );
  const signal = (signal: Deno.Signal) =>
    Deno.kill(Number(Deno.readTextFileSync(`${folder}/pid`)), signal);
  const end = async (by: Deno.Signal) => {
    signal(by);
    await untilClosed(port);
    // One that is stopped removes the file itself, at some point.
    await Deno.remove(`${folder}/pid`).catch(() => {});
  };
  const urlOf = (vhost: string) =>
    `amqp://${USER}:${PASSWORD}@127.0.0.1:${port}/${encodeURIComponent(vhost)}`;

  const manage = async (method: string, path: string, body?: unknown) => {
    const api = `http://127.0.0.1:${managementPort}/api`;
    const response = await fetch(`${api}/${path}`, {
      method,
      headers: {
        authorization: `Basic ${btoa(`${USER}:${PASSWORD}`)}`,
        "content-type": "application/json",
      },
      ...(method === "GET" ? {} : { body: JSON.stringify(body ?? {}) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };

  const stack = new AsyncDisposableStack();
  stack.defer(() => removeFolder(folder));
  stack.defer(() => untilClosed(epmdPort));
  stack.defer(() => untilClosed(port));
  stack.defer(async () => {
    await orders.abort().catch(
      () => {/* The supervisor may be dead already. */},
    );
    try {
      supervisor.kill("SIGKILL");
    } catch {
      // Somebody else has ended it.
    }
    await supervisor.status;
  });
  try {
    await start();
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
  return {
    url: urlOf("/"),
    ...{ port, securePort, manage },
    async createVhost(name) {
      await manage("PUT", `vhosts/${encodeURIComponent(name)}`);
      return urlOf(name);
    },
    async control(...args) {
      const command = server.replace(/rabbitmq-server$/, "rabbitmqctl");
      const run = new Deno.Command(command, { args: [...args], env });
      const { success, stderr } = await run.output();
      if (!success) throw new Error(new TextDecoder().decode(stderr));
    },
    log: () => Deno.readTextFile(`${folder}/log/rabbit@localhost.log`),
    kill9: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    restart: start,
    freeze: () => signal("SIGSTOP"),
    thaw: () => signal("SIGCONT"),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Starts the node at each line read, one at a time; epmd runs all the while. */
const SUPERVISE = `
setpriv --pdeathsig KILL "$EPMD" -port "$ERL_EPMD_PORT" -address 127.0.0.1 \\
  </dev/null >epmd.log 2>&1 &
while read -r order; do
  setpriv --pdeathsig KILL "$SERVER" </dev/null >out.log 2>&1
done
`;

function tlsSettings({ cert, key }: Certificate, port: number): string {
  return `listeners.ssl.1 = 127.0.0.1:${port}
ssl_options.certfile = ${cert}
ssl_options.keyfile = ${key}
ssl_options.verify = verify_none
`;
}

function findPrograms() {
  return {
    // Not the one in the PATH: Debian's changes to the user "rabbitmq" and needs root.
    server: findFile([
      ...subfolders("/usr/lib/rabbitmq/lib", "rabbitmq_server-", "sbin"),
      ...subfolders("/opt", "rabbitmq", "sbin"),
    ], "rabbitmq-server"),
    epmd: findFile([
      ...programFolders(),
      "/usr/lib/erlang/bin",
      ...subfolders("/usr/lib/erlang", "erts-", "bin"),
    ], "epmd"),
    setpriv: findFile(programFolders(), "setpriv"),
  };
}

function subfolders(parent: string, prefix: string, child: string): string[] {
  try {
    return [...Deno.readDirSync(parent)]
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name }) => `${parent}/${name}/${child}`);
  } catch {
    return []; // The folder is missing, so nothing is installed there.
  }
}

/** Asks the kernel for ports; all are held until the last is known, so that they differ. */
function freePorts(count: number): number[] {
  using stack = new DisposableStack();
  return Array.from(
    { length: count },
    () => stack.use(Deno.listen({ hostname: "127.0.0.1", port: 0 })).addr.port,
  );
}

async function accepts(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false; // Refused: nobody listens yet, or any more.
  }
}

async function lastWords(file: string): Promise<string> {
  const text = await Deno.readTextFile(file).catch(() => "");
  return text.trim().split("\n").slice(-5).join("\n") || "it said nothing";
}
