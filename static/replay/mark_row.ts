/**
 * The marks above a replay's time line: small buttons that jump to a goal, a drop or a return.
 *
 * @module
 */
import type { PlayerView, ReplayView } from "../../net/page/protocol.ts";
import { addButton, child } from "../html/elements.ts";
import { placeMarks } from "./marks.ts";
import { markText, REPLAY_TEXTS, timeText } from "./texts.ts";

export interface MarkRow {
  show(replay: ReplayView, players: readonly PlayerView[]): void;
}

/** A button's width and height; `replay.css` has the same. */
const MARK_PX = 24;
/** A goal is shown a moment before it falls. */
const LEAD_TICKS = 90;

/** Appends the row to `parent`; `onSeek` gets the tick to show. */
export function createMarkRow(
  parent: HTMLElement,
  onSeek: (tick: number) => void,
): MarkRow {
  const row = child(parent, "div", "marks");
  row.role = "group";
  row.ariaLabel = REPLAY_TEXTS.marks;
  let shown = "";

  return {
    show(replay, players) {
      // Views come several times a second; a button that is the same stays, and keeps its focus.
      const { firstTick, lastTick, marks } = replay;
      const width = MARK_PX / Math.max(MARK_PX, row.clientWidth);
      const looks = players.map(({ slot, look, name }) => [slot, look, name]);
      const key = JSON.stringify([firstTick, lastTick, marks, width, looks]);
      if (key === shown) return;
      shown = key;
      row.replaceChildren();
      const placed = placeMarks(replay, width);
      const lanes = Math.max(0, ...placed.map(({ lane }) => lane + 1));
      row.style.height = `${lanes * MARK_PX}px`;
      for (const { mark, at, lane } of placed) {
        const player = players.find(({ slot }) => slot === mark.slot);
        const leadTicks = mark.kind === "goal" ? LEAD_TICKS : 0;
        const button = addButton(row, {
          text: "",
          testId: `replay-mark-${mark.kind}`,
          onClick: () => onSeek(mark.tick - leadTicks),
        });
        child(button, "i", "mark");
        button.dataset.kind = mark.kind;
        button.dataset.look = String(player?.look ?? "");
        button.style.left = `${at * 100}%`;
        button.style.bottom = `${lane * MARK_PX}px`;
        const time = timeText(mark.tick, firstTick);
        const name = player?.name ?? REPLAY_TEXTS.somebody;
        button.title = markText(mark.kind, { name, time });
        button.ariaLabel = button.title;
      }
    },
  };
}
