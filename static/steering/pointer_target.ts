/**
 * From the mouse or fingers to the place that the own paddle should go to.
 *
 * The mouse points at the place itself. A finger would hide what it points at, so it drags: the
 * paddle goes as far as the finger does, wherever on the page that is.
 *
 * @module
 */
import { courtSize } from "../../game/court.ts";
import { type Point, sizeOnScreen, toCourt } from "../court/turn.ts";
import { isUpright, type OwnPaddle } from "./own_paddle.ts";

/** Where a pointer is, and the court with it, in CSS pixels of the window. */
export interface PointerPosition {
  readonly point: Point;
  readonly court: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
}

/** What mouse and fingers have come to. */
export interface PointerTarget {
  /** Along the own side in subunits, within the paddle's reach; `undefined` while no pointer counts. */
  readonly place: number | undefined;
  /** No pointer counts until one moves again. */
  forget(): void;
  /** Outside the court the mouse counts only if it did before. */
  moveMouse(position: PointerPosition, own: OwnPaddle): void;
  putFinger(id: number, point: Point): void;
  /** Of several fingers the one that has been there the longest counts. */
  moveFinger(
    id: number,
    position: PointerPosition,
    own: OwnPaddle | undefined,
  ): void;
  liftFinger(id: number): void;
  liftFingers(): void;
}

/** Where the own side is shown shorter than this, in CSS pixels, a finger needs to go less far. */
const SMALL_PX = 400;
const SMALL_GAIN = 1.5;

/** Begins with no pointer that counts. */
export function createPointerTarget(): PointerTarget {
  let place: number | undefined;
  let mouse: Point | undefined;
  /** In the order in which they were put down. */
  const fingers = new Map<number, Point>();
  const counts = (id: number) => fingers.keys().next().value === id;

  return {
    get place() {
      return place;
    },
    forget() {
      place = undefined;
    },
    moveMouse(position, own) {
      const { point } = position;
      // A browser also tells of a mouse that rests while the page moves below it.
      if (point.x === mouse?.x && point.y === mouse.y) return;
      mouse = point;
      if (!isShown(position) || (place === undefined && !isInside(position))) {
        return;
      }
      place = withinReach(placeAlong(position, own), own);
    },
    putFinger(id, point) {
      fingers.set(id, point);
      if (counts(id)) place = undefined;
    },
    moveFinger(id, position, own) {
      const before = fingers.get(id);
      if (before === undefined) return;
      fingers.set(id, position.point);
      if (own === undefined || !counts(id) || !isShown(position)) return;
      const moved = placeAlong(position, own) -
        placeAlong({ ...position, point: before }, own);
      // From within reach, so that a finger that turns round is followed at once.
      place = withinReach(
        (place ?? own.at) + moved * gain(position, own),
        own,
      );
    },
    liftFinger(id) {
      if (counts(id)) place = undefined;
      fingers.delete(id);
    },
    liftFingers() {
      if (fingers.size > 0) place = undefined;
      fingers.clear();
    },
  };
}

function isShown({ court }: PointerPosition): boolean {
  return court.width > 0 && court.height > 0;
}

function isInside({ point, court }: PointerPosition): boolean {
  const x = point.x - court.left;
  const y = point.y - court.top;
  return x >= 0 && x <= court.width && y >= 0 && y <= court.height;
}

function gain({ court }: PointerPosition, own: OwnPaddle): number {
  const sidePx = isUpright(own) ? court.height : court.width;
  return sidePx < SMALL_PX ? SMALL_GAIN : 1;
}

/** Where along the own side the point is, in subunits; beyond its ends, too. */
function placeAlong({ point, court }: PointerPosition, own: OwnPaddle): number {
  const size = courtSize(own.players);
  const shown = sizeOnScreen(size, own.turn);
  const { x, y } = toCourt(
    {
      x: (point.x - court.left) / court.width * shown.width,
      y: (point.y - court.top) / court.height * shown.height,
    },
    size,
    own.turn,
  );
  return own.slot < 2 ? y : x;
}

function withinReach(place: number, { players, half }: OwnPaddle): number {
  // Where somebody plays at the top or the bottom the court is square.
  const { height: length } = courtSize(players);
  return Math.min(Math.max(place, half), length - half);
}
