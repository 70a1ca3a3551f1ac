/**
 * Who may import whom, read from the table of rooms in ARCHITECTURE.md, and which imports break it.
 *
 * A name with a slash at its end is a folder and stands for all below it; any other name is a
 * package or a file of the project's folder. `types of` before a name allows no values from it, and
 * the bare word `packages` allows every package. Of several rooms that hold a file, the one with the
 * longest name counts; a room whose name ends with a star holds the folders that have no own row.
 * Beyond what its row allows, a file may import what lies in its own folder.
 *
 * @module
 */
import type { Import } from "../support/imports.ts";
import { rowsOf, sectionOf } from "./markdown.ts";

/** One row of the table. */
export interface Room {
  /** A folder such as `net/lobby/`, or a file such as `main.ts`. */
  readonly name: string;
  readonly mayImport: readonly Permission[];
}

interface Permission {
  /** A folder, a file or a package; `packages` stands for every package. */
  readonly name: string;
  readonly typesOnly: boolean;
}

/** Reads the table; throws where a cell holds what isn't known here. */
export function readRooms(architecture: string): readonly Room[] {
  return rowsOf(sectionOf(architecture, "## Rooms"))
    .map(([room, , mayImport]) => ({
      name: room.replaceAll("`", ""),
      mayImport: mayImport === "–"
        ? []
        : mayImport.split(", ").map(readPermission),
    }));
}

function readPermission(cell: string): Permission {
  if (cell === "packages") return { name: cell, typesOnly: false };
  const parts = /^(types of )?`([^`]+)`$/.exec(cell);
  if (parts === null) throw new TypeError(`ARCHITECTURE.md says "${cell}"`);
  return { name: parts[2], typesOnly: parts[1] !== undefined };
}

/** Returns the row that counts for a file. */
export function roomOf(
  path: string,
  rooms: readonly Room[],
): Room | undefined {
  return rooms
    .filter(({ name }) => covers(name, path))
    .toSorted((a, b) => b.name.length - a.name.length)[0];
}

function covers(room: string, path: string): boolean {
  if (!room.endsWith("/")) return path === room;
  if (!room.endsWith("/*/")) return path.startsWith(room);
  const above = room.slice(0, -"*/".length);
  return path.startsWith(above) && path.slice(above.length).includes("/");
}

/** Returns the imports that the table doesn't allow, and all those of files without a room. */
export function forbiddenImports(
  imports: readonly Import[],
  rooms: readonly Room[],
): readonly Import[] {
  return imports.filter((each) => {
    const room = roomOf(each.from, rooms);
    if (room === undefined) return true;
    const isAtHome = room.name.endsWith("/") && !each.isPackage &&
      folderOf(each.from) === folderOf(each.to);
    return !isAtHome &&
      !room.mayImport.some((permission) => permits(permission, each));
  });
}

function permits(
  { name, typesOnly }: Permission,
  { to, isPackage, isType }: Import,
): boolean {
  if (typesOnly && !isType) return false;
  if (!isPackage) return name.endsWith("/") ? to.startsWith(name) : to === name;
  if (to.startsWith("node:")) return [to, "node:*", "packages"].includes(name);
  return [packageOf(to), "packages"].includes(name);
}

/** Returns `pixi.js` for `pixi.js/unsafe-eval`, and `@std/testing` for `@std/testing/time`. */
function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** Returns each set of files in which every file leads to all others. */
export function circlesIn(
  imports: readonly Import[],
): readonly (readonly string[])[] {
  const targets = Map.groupBy(imports, ({ from }) => from);
  const files = [...targets.keys()];
  const reached = new Map(
    files.map((file) => [file, reachedFrom(file, targets)]),
  );
  const circles = files.map((file) =>
    files.filter((other) =>
      reached.get(file)?.has(other) && reached.get(other)?.has(file)
    ).toSorted()
  );
  // All members of a circle find it: its first one tells.
  return circles.filter(([first], at) => first === files[at]);
}

/** Returns all to which a file leads, by the imports of each: other files, and packages. */
export function reachedFrom(
  file: string,
  targets: ReadonlyMap<string, readonly Import[]>,
): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [file];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const { to } of targets.get(at) ?? []) {
      if (reached.has(to)) continue;
      reached.add(to);
      open.push(to);
    }
  }
  return reached;
}
