/** The court's pictures, drawn in a real browser at times that the tests choose. */
import { expect } from "@std/expect";
import { UNIT } from "../../game/court.ts";
import {
  BALL_VX,
  BALL_X,
  BALL_Y,
  HITS,
  LAST_HIT,
  PADDLE,
  type State,
  TICK,
} from "../../game/state.ts";
import type { Scene } from "../../static/court/scene.ts";
import type { Picture } from "../../static/motion/motion.ts";
import { test as browserTest } from "../support/browser.ts";
import { importPart } from "../support/bundled.ts";
import { type Color, isNear, type Place } from "../support/pixels.ts";
import {
  BOTTOM,
  FLOOR,
  GREEN,
  LEFT,
  ORANGE,
  PINK,
  read,
  restingRally,
  RIGHT,
  SKY,
  TOP,
  WHITE,
  wrongColors,
} from "./drawn_court.ts";

function places(state: State): Pick<Picture, "ballX" | "ballY" | "paddles"> {
  const paddles = [...state.subarray(PADDLE, PADDLE + 4)];
  return { ballX: state[BALL_X], ballY: state[BALL_Y], paddles };
}

function picture(state: State, confirmed = state): Picture {
  const known = { ...places(confirmed), state: confirmed };
  return { ...places(state), state, ballState: state, confirmed: known };
}

/** The pictures around a hit in the middle of the left paddle, ten ticks late. */
function lateHit(): readonly Picture[] {
  const [before, after] = [restingRally(), restingRally()];
  before[BALL_VX] = -12 * UNIT;
  Object.assign(after, {
    ...{ [TICK]: after[TICK] + 10, [HITS]: 1, [LAST_HIT]: 0 },
    ...{ [BALL_VX]: 12 * UNIT, [BALL_X]: 176 * UNIT, [BALL_Y]: 500 * UNIT },
  });
  return [before, after].map((state) => picture(state));
}

const SCENE: Scene = {
  ...{ players: 4, me: 0, looks: [0, 1, 2, 3], nowMs: 10_000, turn: 0 },
  ...{ isReduced: false, isGhostShown: false },
  picture: picture(restingRally()),
};

/** The court has half a pixel for each of its units. */
const OPEN_COURT = `(async () => {
  const court = document.createElement("div");
  court.id = "court";
  court.style.cssText = "position: relative; width: 500px; height: 500px";
  const style = document.createElement("style");
  style.textContent = "canvas { position: absolute; inset: 0; width: 100%; height: 100% }";
  document.body.replaceChildren(style, court);
  globalThis.courtCanvas = await part.createCourtCanvas(court);
})()`;

/** An empty court. */
interface Stage {
  /** Draws now. */
  draw(scene?: Partial<Scene>): Promise<void>;
  flash(slot: number, nowMs: number): Promise<void>;
  expectColors(...wanted: readonly (readonly [Place, Color])[]): Promise<void>;
  colorAt(place: Place): Promise<Color>;
}

function test(name: string, check: (stage: Stage) => Promise<void>): void {
  browserTest(name, async (browser) => {
    const page = await browser.open("about:blank", { width: 600, height: 600 });
    await importPart(page, "court/court_canvas.ts");
    await page.evaluate(OPEN_COURT);
    await check({
      async draw(scene = {}) {
        const json = JSON.stringify({ ...SCENE, ...scene }, plain);
        await page.evaluate(`courtCanvas.draw(${json})`);
      },
      async flash(slot, nowMs) {
        await page.evaluate(`courtCanvas.flash(${slot}, ${nowMs})`);
      },
      async expectColors(...wanted) {
        expect(await wrongColors(page, wanted)).toEqual([]);
      },
      colorAt: async (place) => (await read(page, [place]))[0],
    });
    expect(browser.problems).toEqual([]);
  });
}

/** JSON knows no typed arrays; the court only reads by index, and an array does for that. */
function plain(_key: string, value: unknown): unknown {
  return value instanceof Int32Array ? [...value] : value;
}

test("the court draws only itself before the first picture", async ({ draw, expectColors }) => {
  await draw();
  await draw({ picture: undefined });

  await expectColors([[250, 250], FLOOR], [[600, 34], FLOOR]);
});

test("paddles have the looks of their players", async ({ draw, expectColors }) => {
  await draw();
  await expectColors(
    ...[[LEFT, SKY], [RIGHT, ORANGE], [TOP, GREEN], [BOTTOM, PINK]] as const,
    [[250, 250], WHITE],
    [[34, 500], FLOOR], // a mark
  );

  await draw({ looks: [3, 2, 1, 0] });
  await expectColors(
    ...[[LEFT, PINK], [RIGHT, GREEN], [TOP, ORANGE], [BOTTOM, SKY]] as const,
  );
});

test("a turned court is turned clockwise, marks excepted", async ({ draw, expectColors }) => {
  await draw({ turn: 3 });
  await expectColors(
    ...[[LEFT, GREEN], [BOTTOM, SKY], [RIGHT, PINK], [TOP, ORANGE]] as const,
    [[250, 750], WHITE],
    // An upright triangle is wide at its foot, on both sides.
    ...[[[497, 38], FLOOR], [[503, 38], FLOOR]] as const,
  );

  await draw({ turn: 1 });
  await expectColors([TOP, SKY], [LEFT, PINK], [[750, 250], WHITE]);
});

test("ghosts stand where all have agreed, and only when they are asked for", async (stage) => {
  const { draw, colorAt, expectColors } = stage;
  const confirmed = restingRally();
  confirmed[PADDLE] = 300 * UNIT;
  const behind = picture(restingRally(), confirmed);
  // A pixel is two court units wide.
  const [edge, inside]: Place[] = [[25, 300], [34, 300]];

  await draw({ picture: behind });
  const without = await colorAt(inside);
  expect(isNear(await colorAt(edge), SKY)).toBe(false);

  await draw({ picture: behind, isGhostShown: true });
  await expectColors([edge, SKY], [inside, without]);
});

test("a hit throws sparks off the paddle's face, though it is noticed late", async (stage) => {
  const { draw, colorAt, expectColors } = stage;
  const [before, after] = lateHit();
  await draw({ picture: before });
  await draw({ picture: after });
  const place: Place = [44 + 25, 500 + 10];
  const glow = await colorAt(place);

  // A quarter of their time takes them 28 units far; the first one flies a little downwards.
  await draw({ picture: after, nowMs: 10_000 + 78 });

  expect(isNear(await colorAt(place), glow)).toBe(false);
  await expectColors([[176, 500], WHITE]);
});

test("reduced motion draws neither trail nor sparks nor light, but an outline", async (stage) => {
  const { draw, flash, colorAt, expectColors } = stage;
  const [before, after] = lateHit();
  await draw({ picture: before, isReduced: true });
  await draw({ picture: after, isReduced: true });
  const [spark, trail]: Place[] = [[69, 510], [213, 375]];
  const rest = [await colorAt(spark), await colorAt(trail)];

  await draw({ picture: after, nowMs: 10_078 });
  expect(isNear(await colorAt(spark), rest[0])).toBe(false);
  expect(isNear(await colorAt(trail), rest[1])).toBe(false);

  await flash(3, 10_000);
  await draw({ picture: after, isReduced: true, nowMs: 10_078 });
  await expectColors(
    ...[[spark, rest[0]], [trail, rest[1]]] as const,
    ...[[[300, 933], PINK], [[300, 998], PINK], [[300, 900], FLOOR]] as const,
  );
});

test("a goal lights its side for 300 ms", async (stage) => {
  const { draw, flash, colorAt, expectColors } = stage;
  await draw();
  const place: Place = [990, 300];
  const rest = await colorAt(place);

  await flash(1, 10_000);
  await draw({ nowMs: 10_010 });
  expect(isNear(await colorAt(place), rest)).toBe(false);

  await draw({ nowMs: 10_301 });
  await expectColors([place, rest]);
});
