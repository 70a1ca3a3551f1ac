/** A real player whose page's port is filled by somebody on the network. */
import { expect } from "@std/expect";
import { openPage, request } from "../support/page_client.ts";
import { addressOf, startPong } from "../support/processes.ts";
import { last, soon, until } from "../support/waiting.ts";

const CROWD = 500;
/** Fewer than the crowd would take, and few more than a process needs. */
const HANDLES_MAX = 64;

/** What is read of a connection until its end, which must come. */
async function endOf(connection: Deno.TcpConn): Promise<void> {
  const read = async () => {
    const bytes = new Uint8Array(64);
    while (await connection.read(bytes) !== null);
  };
  await soon(read().catch(() => {}), "The end of an idle connection");
}

Deno.test("a crowd at the page's port shuts nobody out, and is gone after some seconds", async () => {
  const words = ["play", "--lan", "--no-open"];
  await using player = startPong(words, { handlesMax: HANDLES_MAX });
  const url = await addressOf(player);
  const port = Number(new URL(url).port);
  await using page = await openPage({ server: { url } });

  const crowd: Deno.TcpConn[] = [];
  // While the port is opened again nobody gets in.
  await until(
    async () => {
      const connection = await Deno.connect({ port }).catch(() => undefined);
      if (connection) crowd.push(connection);
      return crowd.length === CROWD;
    },
    "A crowd",
    0,
  );
  const [slow] = crowd.slice(-1);
  let isOver = false;
  const drip = async () => {
    const byte = new TextEncoder().encode("G");
    for (; !isOver; await last(100)) await slow.write(byte).catch(() => {});
  };
  const dripping = drip();

  const ask = () => request(port, { path: "/status" }).catch(() => 0);
  await until(async () => await ask() === 200, "An answer");
  await Promise.all(crowd.map(endOf));
  isOver = true;
  await dripping;
  page.socket.send(JSON.stringify({ kind: "inspect", isOn: true }));
  await page.nextMessage();
  for (const connection of crowd) connection.close();
  player.kill("SIGINT");
  expect(await player.exited).toBe(0);
  // Each time there were fewer guests: in the end, few enough.
  expect(player.stderr.split("opened again").length).toBeLessThan(4);
});
