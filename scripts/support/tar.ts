import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";

const blockBytes = 512;

/** Unpacks files, folders and symbolic links of a tar archive. Throws on a name that leads out of the folder. */
export function unpackTar(archive: Buffer, folder: string): void {
  for (let at = 0; at + blockBytes <= archive.length; ) {
    const header = archive.subarray(at, at + blockBytes);
    const text = (from: number, length: number) => header.toString("utf8", from, from + length).replace(/\0.*$/s, "");
    const name = [text(345, 155), text(0, 100)].filter((part) => part !== "").join("/");
    if (name === "") return;
    const size = Number.parseInt(text(124, 12).trim() || "0", 8);
    const target = path.resolve(folder, name);
    if (path.relative(folder, target).startsWith(".."))
      throw new Error(`The archive names ${name}, outside its folder.`);
    const type = text(156, 1);
    if (type === "5") mkdirSync(target, { recursive: true });
    else {
      mkdirSync(path.dirname(target), { recursive: true });
      const body = archive.subarray(at + blockBytes, at + blockBytes + size);
      if (type === "2") symlinkSync(text(157, 100), target);
      else if (type === "0" || type === "") {
        writeFileSync(target, body, { mode: Number.parseInt(text(100, 8).trim() || "644", 8) & 0o777 });
      }
    }
    at += blockBytes + Math.ceil(size / blockBytes) * blockBytes;
  }
}
