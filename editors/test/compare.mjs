// Compares the classes of a grammar with those of the compiler, for every script.
//
// The scripts and the compiler's lists are in a folder, as
// `cargo run -p tree-sitter-photoplay --example classes FOLDER` writes them.
// Every byte that is not blank must have the compiler's class, or no class where the
// compiler gives none. exceptions.mjs lists the exceptions with reasons.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { exceptions } from "./exceptions.mjs";

export function scripts(folder) {
  return readdirSync(folder)
    .filter((name) => /\.(play|fountain)$/.test(name))
    .sort()
    .map((name) => ({ name, path: join(folder, name), text: readFileSync(join(folder, name)) }));
}

// The class of every byte of every line, from `line:first-last class` lines.
export function readClasses(path, text) {
  const rows = text.toString("latin1").split("\n").map((line) => new Array(line.length));
  for (const entry of readFileSync(path, "utf8").split("\n")) {
    const match = /^(\d+):(\d+)-(\d+) (\w+)/.exec(entry);
    if (!match) continue;
    const [row, first, last] = match.slice(1, 4).map(Number);
    rows[row - 1]?.fill(match[4], first, Math.min(last, rows[row - 1].length));
  }
  return rows;
}

// Compares; `classes(script)` gives rows of classes by byte. Says what is wrong
// and gives how many lines are.
export function compare(grammar, folder, classes) {
  const allowed = exceptions.filter((exception) => exception.grammars.includes(grammar));
  const used = new Set();
  let wrong = 0;
  let bytes = 0;
  const all = scripts(folder);
  for (const script of all) {
    const expected = readClasses(`${script.path}.classes`, script.text);
    const found = classes(script);
    const lines = script.text.toString("latin1").split("\n");
    for (const [row, line] of lines.entries()) {
      for (let at = 0; at < line.length; at++) {
        if (/[\s\x80-\xbf]/.test(line[at])) continue;
        bytes++;
        const [is, should] = [found[row]?.[at], expected[row][at]];
        if (is === should) continue;
        const text = Buffer.from(line, "latin1").toString("utf8").trimEnd();
        const exception = allowed.find(
          (one) => one.script.test(script.name) && (!one.line || one.line.test(text)),
        );
        if (exception) {
          used.add(exception);
          continue;
        }
        console.error(`${grammar}: ${script.name}:${row + 1}:${at + 1}: ${is} instead of ${should}: ${text}`);
        wrong++;
        break;
      }
    }
  }
  for (const exception of allowed.filter((one) => !used.has(one))) {
    console.error(`${grammar}: needless exception: ${exception.script} ${exception.line ?? ""}`);
    wrong++;
  }
  console.log(`${grammar}: ${all.length} scripts, ${bytes} letters, ${used.size} exceptions`);
  return wrong;
}
