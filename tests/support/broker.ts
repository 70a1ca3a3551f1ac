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
  /** The management API, without credentials. */
  readonly managementUrl: string;
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

/** Starts a node; resolves when it accepts connections. */
export async function startBroker(): Promise<Broker> {
  const { server, epmd, setpriv } = findPrograms();
  if (server === undefined || epmd === undefined || setpriv === undefined) {
    throw new Error(
      "Cannot start a broker: rabbitmq-server, epmd or setpriv is missing. " +
        "Install rabbitmq-server (Debian: apt-get install rabbitmq-server)",
    );
  }
  const folder = await Deno.makeTempDir({ prefix: "pong-broker-" });
  const [port, managementPort, nodePort, epmdPort] = freePorts(4);
  await configure({ folder, port, managementPort });

  const env = environment({ folder, nodePort, epmdPort, server, epmd });
  const supervisor = new Deno.Command(setpriv, {
    args: ["--pdeathsig", "KILL", "sh", "-c", SUPERVISE],
    cwd: folder,
    env,
    stdin: "piped",
    stdout: "null",
    stderr: "null",
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
  const pid = () => Number(Deno.readTextFileSync(`${folder}/pid`));
  const end = async (signal: Deno.Signal) => {
    Deno.kill(pid(), signal);
    await until(
      async () => !await accepts(port),
      "Closing the broker's port",
      LOOK_EVERY_MS,
    );
    // One that is stopped removes the file itself, at some point.
    await Deno.remove(`${folder}/pid`).catch(() => {});
  };
  const managementUrl = `http://127.0.0.1:${managementPort}`;
  const urlOf = (vhost: string) =>
    `amqp://${USER}:${PASSWORD}@127.0.0.1:${port}/${encodeURIComponent(vhost)}`;

  const manage = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${managementUrl}/api/${path}`, {
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

  const dispose = async () => {
    await orders.abort().catch(
      () => {/* The supervisor may be dead already. */},
    );
    try {
      supervisor.kill("SIGKILL");
    } catch {
      // Somebody else has ended it.
    }
    await supervisor.status;
    await until(
      async () => !await accepts(port) && !await accepts(epmdPort),
      "The broker's end",
      LOOK_EVERY_MS,
    );
    await removeFolder(folder);
  };

  try {
    await start();
  } catch (error) {
    await dispose();
    throw error;
  }

  return {
    url: urlOf("/"),
    port,
    managementUrl,
    manage,
    async createVhost(name) {
      await manage("PUT", `vhosts/${encodeURIComponent(name)}`);
      return urlOf(name);
    },
    async control(...args) {
      const { success, stderr } = await new Deno.Command(
        server.replace(/rabbitmq-server$/, "rabbitmqctl"),
        { args: [...args], env },
      ).output();
      if (!success) throw new Error(new TextDecoder().decode(stderr));
    },
    log: () => Deno.readTextFile(`${folder}/log/rabbit@localhost.log`),
    kill9: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    restart: start,
    freeze: () => Deno.kill(pid(), "SIGSTOP"),
    thaw: () => Deno.kill(pid(), "SIGCONT"),
    [Symbol.asyncDispose]: once(dispose),
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

interface Programs {
  readonly server: string | undefined;
  readonly epmd: string | undefined;
  readonly setpriv: string | undefined;
}

function findPrograms(): Programs {
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
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const ports = listeners.map((listener) => listener.addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}

async function configure(
  { folder, port, managementPort }: {
    readonly folder: string;
    readonly port: number;
    readonly managementPort: number;
  },
): Promise<void> {
  await Deno.mkdir(`${folder}/home`);
  await Deno.writeTextFile(`${folder}/env.conf`, "");
  await Deno.writeTextFile(`${folder}/plugins`, "[rabbitmq_management].\n");
  await Deno.writeTextFile(
    `${folder}/rabbitmq.conf`,
    `listeners.tcp.1 = 127.0.0.1:${port}
management.tcp.ip = 127.0.0.1
management.tcp.port = ${managementPort}
default_user = ${USER}
default_pass = ${PASSWORD}
loopback_users = none
disk_free_limit.absolute = 50MB
vm_memory_high_watermark.absolute = 1GB
`,
  );
}

function environment(
  { folder, nodePort, epmdPort, server, epmd }: {
    readonly folder: string;
    readonly nodePort: number;
    readonly epmdPort: number;
    readonly server: string;
    readonly epmd: string;
  },
): Record<string, string> {
  return {
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

function once(action: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => result ??= action();
}
