// Frames as bytes: cut anywhere, waiting in a queue that is bounded in number and in bytes.
import { expect } from "@std/expect";
import fc from "fast-check";
import { PACKET_BYTES_MAX } from "../../net/match/transport.ts";
import {
  FrameQueue,
  FrameReader,
  senderByteOf,
  senderOf,
} from "../../net/transport/relay_frames.ts";

/** The packets of all whole frames in some bytes, and how the bytes end. */
function read(bytes: Uint8Array): readonly [readonly Uint8Array[], string] {
  const reader = new FrameReader(new Uint8Array(0));
  const packets: Uint8Array[] = [];
  let end = "";
  for (let at = 0; at < bytes.length || end === "";) {
    const free = reader.free();
    const chunk = bytes.subarray(at, at + free.length);
    free.set(chunk);
    reader.filled(chunk.length);
    at += chunk.length;
    for (end = reader.next(); end === "frame"; end = reader.next()) {
      const { bytes, frameStart, frameEnd } = reader;
      packets.push(bytes.slice(frameStart + 3, frameEnd));
    }
    if (end === "broken") break;
  }
  return [packets, end];
}

/** Queues numbered packets of that size; returns the numbers that are left, and how many aren't. */
function fill(queue: FrameQueue, count: number, size: number) {
  for (let i = 0; i < count; i++) {
    const packet = new Uint8Array(size);
    new DataView(packet.buffer).setUint16(0, i);
    queue.pushPacket(1, packet);
  }
  const [packets, end] = read(queue.take() ?? new Uint8Array(0));
  expect(end).toBe("incomplete");
  const numbers = packets.map(({ buffer }) =>
    new DataView(buffer).getUint16(0)
  );
  return { numbers, dropped: queue.dropped };
}

Deno.test("relay frames come out the same however the stream is cut", () => {
  const packet = fc.uint8Array({ minLength: 1, maxLength: PACKET_BYTES_MAX });
  fc.assert(fc.property(
    fc.array(packet, { maxLength: 8 }),
    fc.array(fc.nat(10_000), { maxLength: 30 }),
    (packets, cuts) => {
      const queue = new FrameQueue();
      for (const packet of packets) queue.pushPacket(3, packet);
      const stream = queue.take() ?? new Uint8Array(0);
      const ends = [...cuts, 0, stream.length]
        .filter((end) => end <= stream.length).toSorted((a, b) => a - b);
      const reader = new FrameReader(stream.slice(0, ends[1]));
      const got: number[][] = [];
      for (const [i, end] of ends.slice(1).entries()) {
        if (i > 0) {
          const chunk = stream.subarray(ends[i], end);
          reader.free().set(chunk);
          reader.filled(chunk.length);
        }
        while (reader.next() === "frame") {
          const { bytes, frameStart, frameEnd } = reader;
          got.push([...bytes.subarray(frameStart + 2, frameEnd)]);
        }
      }

      expect(got).toEqual(packets.map((packet) => [3, ...packet]));
    },
  ));
});

Deno.test("a frame queue keeps the newest frames, whole and in order", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 60 }),
    fc.integer({ min: 1, max: 8 }),
    (sizes, framesMax) => {
      const queue = new FrameQueue(framesMax);
      const packets = sizes.map((size, i) => new Uint8Array(size).fill(i));
      for (const packet of packets) queue.pushPacket(1, packet);

      expect(read(queue.take() ?? new Uint8Array(0)))
        .toEqual([packets.slice(-framesMax), "incomplete"]);
      expect(queue.dropped).toBe(Math.max(0, sizes.length - framesMax));
    },
  ));
});

Deno.test("a frame queue holds 256 frames and 128 KiB, and takes as many again once written", () => {
  // 108 of the largest frames, with their 3 bytes, are 129 924 bytes; one more is too much.
  for (const [size, most] of [[2, 256], [PACKET_BYTES_MAX, 108]]) {
    const queue = new FrameQueue();
    const numbers = Array.from({ length: 300 }, (_, i) => i).slice(-most);

    expect(fill(queue, 300, size)).toEqual({ numbers, dropped: 300 - most });
    expect(fill(queue, 300, size).numbers).toEqual(numbers);
    expect(queue.take()).toBe(undefined);
  }
  // To the byte: 16 frames of 1024 bytes are 16 KiB, 128 of them all that there is room for.
  expect(fill(new FrameQueue(), 129, 1021).dropped).toBe(1);
  expect(fill(new FrameQueue(), 128, 1021).dropped).toBe(0);
});

Deno.test("a frame queue has bytes of its own, until the next ones are taken", () => {
  const queue = new FrameQueue();
  const bytes = Uint8Array.of(9, 0, 2, 7, 42, 9);
  queue.pushFrame(bytes, 1, 5);
  bytes.fill(1);
  const taken = queue.take();
  queue.pushPacket(1, Uint8Array.of(1));
  expect([...taken ?? []]).toEqual([0, 2, 7, 42]);

  queue.clear();

  expect(queue.take()).toBe(undefined);
  expect(() => queue.pushPacket(1, new Uint8Array(PACKET_BYTES_MAX + 1)))
    .toThrow(RangeError);
});

Deno.test("no frame is empty, or longer than the largest packet's", () => {
  const largest = new Uint8Array(PACKET_BYTES_MAX);
  const length = PACKET_BYTES_MAX + 1;
  const header = (length: number) => Uint8Array.of(length >> 8, length & 255);
  const frame = Uint8Array.of(...header(length), 0, ...largest);

  expect(read(frame)).toEqual([[largest], "incomplete"]);
  expect(read(frame.subarray(0, -1))).toEqual([[], "incomplete"]);
  expect(read(header(length + 1))).toEqual([[], "broken"]);
  expect(read(header(0))).toEqual([[], "broken"]);
  expect(read(Uint8Array.of(0, 1, 5, 0, 1))).toEqual([
    [new Uint8Array(0)],
    "incomplete",
  ]);
});

Deno.test("a frame's sender byte tells all slots apart, and 64 epochs", () => {
  for (const slot of [0, 1, 2, 3]) {
    for (const epoch of [0, 1, 63]) {
      expect(senderOf(senderByteOf({ slot, epoch }))).toEqual({ slot, epoch });
    }
    expect(senderByteOf({ slot, epoch: 64 })).toBe(slot);
  }
});
