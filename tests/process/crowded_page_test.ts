/** A real player whose page's port is filled by somebody on the network. */
import { expect } from "@std/expect";
import { openPage, request } from "../support/page_client.ts";
import { addressOf, startPong } from "../support/processes.ts";
import { until } from "../support/waiting.ts";

const CROWD = 500;
/** Fewer than the crowd would take, and few more than a process needs. */
const HANDLES_MAX = 64;

Deno.test("a crowd at the page's port ends nothing and shuts nobody out", async () => {
  const words = ["play", "--lan", "--no-open"];
  await using player = startPong(words, { handlesMax: HANDLES_MAX });
  const url = await addressOf(player);
  const port = Number(new URL(url).port);
  await using page = await openPage({ server: { url } });
  using crowd = new DisposableStack();
  let size = 0;
  // While the port is opened again nobody gets in.
  await until(
    async () => {
      const one = await Deno.connect({ port }).catch(() => undefined);
      if (one) crowd.use(one);
      if (one) size++;
      return size === CROWD;
    },
    "A crowd",
    0,
  );

  const ask = () => request(port, { path: "/status" }).catch(() => 0);
  await until(async () => await ask() === 200, "An answer");
  page.socket.send(JSON.stringify({ kind: "inspect", isOn: true }));
  await page.nextMessage();
  player.kill("SIGINT");

  expect(await player.exited).toBe(0);
  // Where handles were missing there were fewer guests from then on: in the end, few enough.
  expect(player.stderr.split("opened again").length).toBeLessThan(4);
});
