/**
 * Events that wait until one reader asks for them; after the last one nothing more comes.
 *
 * @module
 */

/** How many events may wait. Each roster makes older ones obsolete, so few are ever needed. */
const EVENTS_MAX = 64;

/** A queue for one reader; the event given to `finish` is its last. */
export class EventQueue<Event> {
  readonly #events: Event[] = [];
  #wake = Promise.withResolvers<void>();
  #end: Event | undefined;

  /** Whether the last event has happened. */
  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /** Waits for the next event, oldest first; the last one is repeated for ever. Never rejects. */
  async next(): Promise<Event> {
    for (;;) {
      const event = this.#events.shift() ?? this.#end;
      if (event !== undefined) return event;
      await this.#wake.promise;
    }
  }

  /** Adds an event, unless the last one has happened; a full queue loses its oldest. */
  push(event: Event): void {
    if (this.isOver) return;
    if (this.#events.length === EVENTS_MAX) this.#events.shift();
    this.#events.push(event);
    this.#notify();
  }

  /** Sets the last event. Only the first call counts: later ends only follow from that one. */
  finish(event: Event): void {
    this.#end ??= event;
    this.#notify();
  }

  #notify(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}
