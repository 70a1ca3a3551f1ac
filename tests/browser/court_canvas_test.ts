/**
 * The court's pictures, drawn in a real browser at times that the tests choose.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Page } from "playwright-core";
import { DEFAULT_RULES, UNIT } from "../../game/court.ts";
import {
  BALL_VX,
  BALL_X,
  BALL_Y,
  createState,
  HITS,
  LAST_HIT,
  PADDLE,
  PHASE,
  RALLY,
  type State,
  TICK,
} from "../../game/state.ts";
import type { Scene } from "../../static/court/scene.ts";
import type { Picture } from "../../static/motion/motion.ts";
import { test, type TestBrowser } from "../support/browser.ts";
import { importPart } from "../support/bundled.ts";
import { type Color, colorsAt, isNear, type Place } from "../support/pixels.ts";

const SKY = [0x56, 0xb4, 0xe9];
const ORANGE = [0xe6, 0x9f, 0x00];
const GREEN = [0x2b, 0xc4, 0x9a];
const PINK = [0xe5, 0x8b, 0xbd];
const WHITE = [0xf4, 0xf7, 0xfd];
const COURT = [0x11, 0x18, 0x27];
/** On each paddle between two marks, when all rest in the middle. */
const LEFT: Place = [34, 522];
const RIGHT: Place = [966, 522];
const TOP: Place = [522, 34];
const BOTTOM: Place = [522, 966];

interface Stage {
  /** Draws now. */
  draw(scene?: Partial<Scene>): Promise<void>;
  flash(slot: number, nowMs: number): Promise<void>;
  /** Expects colours at places of the screen, which is 1000 units wide and high. */
  expectColors(wanted: readonly (readonly [Place, Color])[]): Promise<void>;
  colorAt(place: Place): Promise<Color>;
}

/** Four players in a rally; the ball rests a quarter of the court from the left and the top. */
function restingRally(): State {
  const state = createState({ ...DEFAULT_RULES, players: 4 }, 5);
  state[PHASE] = RALLY;
  state[TICK] = 300;
  state[BALL_X] = 250 * UNIT;
  state[BALL_Y] = 250 * UNIT;
  return state;
}

function places(state: State): Pick<Picture, "ballX" | "ballY" | "paddles"> {
  return {
    ballX: state[BALL_X],
    ballY: state[BALL_Y],
    paddles: [...state.subarray(PADDLE, PADDLE + 4)],
  };
}

function picture(state: State, confirmed = state): Picture {
  return {
    ...places(state),
    state,
    ballState: state,
    confirmed: { ...places(confirmed), state: confirmed },
  };
}

/** The states around a hit in the middle of the left paddle, ten ticks late. */
function lateHit(): { readonly before: Picture; readonly after: Picture } {
  const before = restingRally();
  before[BALL_VX] = -12 * UNIT;
  const after = restingRally();
  after[TICK] += 10;
  after[HITS] = 1;
  after[LAST_HIT] = 0;
  after[BALL_VX] = 12 * UNIT;
  after[BALL_X] = 176 * UNIT;
  after[BALL_Y] = 500 * UNIT;
  return { before: picture(before), after: picture(after) };
}

const SCENE: Scene = {
  players: 4,
  me: 0,
  looks: [0, 1, 2, 3],
  picture: picture(restingRally()),
  nowMs: 10_000,
  isReduced: false,
  turn: 0,
  isGhostShown: false,
};

/** Runs `check` on an empty court. */
async function withStage(
  browser: TestBrowser,
  check: (stage: Stage) => Promise<void>,
) {
  const page = await browser.open("about:blank", { width: 600, height: 600 });
  await importPart(page, "court/court_canvas.ts");
  await page.evaluate(OPEN_COURT);
  await check(stageOf(page));
  expect(browser.problems).toEqual([]);
}

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

function stageOf(page: Page): Stage {
  const read = (places: readonly Place[]) =>
    colorsAt(page, { width: 1000, height: 1000, places });
  return {
    async draw(scene = {}) {
      const json = JSON.stringify({ ...SCENE, ...scene }, plain);
      await page.evaluate(`courtCanvas.draw(${json})`);
    },
    async flash(slot, nowMs) {
      await page.evaluate(`courtCanvas.flash(${slot}, ${nowMs})`);
    },
    async expectColors(wanted) {
      const colors = await read(wanted.map(([place]) => place));
      const wrong = wanted.flatMap(([place, color], i) =>
        isNear(colors[i], color) ? [] : [{ place, color, is: colors[i] }]
      );
      expect(wrong).toEqual([]);
    },
    async colorAt(place) {
      return (await read([place]))[0];
    },
  };
}

/** JSON knows no typed arrays; the court only reads by index, and an array does for that. */
function plain(_key: string, value: unknown): unknown {
  return value instanceof Int32Array ? [...value] : value;
}

test("the court draws only itself before the first picture", (browser) =>
  withStage(browser, async ({ draw, expectColors }) => {
    await draw();
    await draw({ picture: undefined });

    await expectColors([[[250, 250], COURT], [[600, 34], COURT]]);
  }));

test("paddles have the looks of their players", (browser) =>
  withStage(browser, async ({ draw, expectColors }) => {
    await draw();
    await expectColors([
      [LEFT, SKY],
      [RIGHT, ORANGE],
      [TOP, GREEN],
      [BOTTOM, PINK],
      [[250, 250], WHITE],
      [[34, 500], COURT], // a mark
    ]);

    await draw({ looks: [3, 2, 1, 0] });
    await expectColors([
      [LEFT, PINK],
      [RIGHT, GREEN],
      [TOP, ORANGE],
      [BOTTOM, SKY],
    ]);
  }));

test("a turned court is turned clockwise, marks excepted", (browser) =>
  withStage(browser, async ({ draw, expectColors }) => {
    await draw({ turn: 3 });
    await expectColors([
      [LEFT, GREEN],
      [BOTTOM, SKY],
      [RIGHT, PINK],
      [TOP, ORANGE],
      [[250, 750], WHITE],
      // An upright triangle is wide at its foot, on both sides.
      [[497, 38], COURT],
      [[503, 38], COURT],
    ]);

    await draw({ turn: 1 });
    await expectColors([[TOP, SKY], [LEFT, PINK], [[750, 250], WHITE]]);
  }));

test("ghosts stand where all have agreed, and only when they are asked for", (browser) =>
  withStage(browser, async ({ draw, colorAt, expectColors }) => {
    const confirmed = restingRally();
    confirmed[PADDLE] = 300 * UNIT;
    const behind = picture(restingRally(), confirmed);
    // A pixel is two court units wide.
    const [edge, inside]: Place[] = [[25, 300], [34, 300]];

    await draw({ picture: behind });
    const without = await colorAt(inside);
    expect(isNear(await colorAt(edge), SKY)).toBe(false);

    await draw({ picture: behind, isGhostShown: true });
    await expectColors([[edge, SKY], [inside, without]]);
  }));

test("a hit throws sparks off the paddle's face, though it is noticed late", (browser) =>
  withStage(browser, async ({ draw, expectColors, colorAt }) => {
    const { before, after } = lateHit();
    await draw({ picture: before });
    await draw({ picture: after });
    const place: Place = [44 + 25, 500 + 10];
    const glow = await colorAt(place);

    // A quarter of their time takes them 28 units far; the first one flies a little downwards.
    await draw({ picture: after, nowMs: 10_000 + 78 });

    expect(isNear(await colorAt(place), glow)).toBe(false);
    await expectColors([[[176, 500], WHITE]]);
  }));

test("reduced motion draws neither trail nor sparks nor light, but an outline", (browser) =>
  withStage(browser, async ({ draw, flash, colorAt, expectColors }) => {
    const { before, after } = lateHit();
    await draw({ picture: before, isReduced: true });
    await draw({ picture: after, isReduced: true });
    const [spark, trail]: Place[] = [[69, 510], [213, 375]];
    const rest = [await colorAt(spark), await colorAt(trail)];

    await draw({ picture: after, nowMs: 10_078 });
    expect(isNear(await colorAt(spark), rest[0])).toBe(false);
    expect(isNear(await colorAt(trail), rest[1])).toBe(false);

    await flash(3, 10_000);
    await draw({ picture: after, isReduced: true, nowMs: 10_078 });
    await expectColors([
      [spark, rest[0]],
      [trail, rest[1]],
      [[300, 933], PINK],
      [[300, 998], PINK],
      [[300, 900], COURT],
    ]);
  }));

test("a goal lights its side for 300 ms", (browser) =>
  withStage(browser, async ({ draw, flash, colorAt, expectColors }) => {
    await draw();
    const place: Place = [990, 300];
    const rest = await colorAt(place);

    await flash(1, 10_000);
    await draw({ nowMs: 10_010 });
    expect(isNear(await colorAt(place), rest)).toBe(false);

    await draw({ nowMs: 10_301 });
    await expectColors([[place, rest]]);
  }));
