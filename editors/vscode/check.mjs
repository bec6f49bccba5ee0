// Holds the grammar to what the compiler says about a script.
//
//   node check.mjs SCRIPT COLOURS [SCRIPT COLOURS …]
//
// COLOURS is a list `line:first-last class "text"` (lines from 1, bytes from
// 0), as in tests/script/*.colours.snap. Every byte of it that is not blank
// must have that class: the last part of a scope before `.photoplay`.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(join(process.cwd(), "package.json"));
const textmate = require("vscode-textmate");
const oniguruma = require("vscode-oniguruma");

const here = dirname(fileURLToPath(import.meta.url));
const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () => {
    const path = join(here, "syntaxes/photoplay.tmLanguage.json");
    return textmate.parseRawGrammar(readFileSync(path, "utf8"), path);
  },
});
const grammar = await registry.loadGrammar("source.photoplay");

// The class of every byte of every line.
function classes(script) {
  let stack = textmate.INITIAL;
  return readFileSync(script, "utf8").split(/\r\n|\n|\r/).map((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
    stack = ruleStack;
    const bytes = [];
    for (const token of tokens) {
      const named = token.scopes.filter((scope) => !/^(source|punctuation)\./.test(scope));
      const last = named.at(-1)?.split(".").at(-2)?.replaceAll("-", "_");
      const text = line.slice(token.startIndex, token.endIndex);
      for (let at = 0; at < Buffer.byteLength(text); at++) bytes.push(last);
    }
    return { line: Buffer.from(line), bytes };
  });
}

let wrong = 0;
for (let at = 2; at < process.argv.length; at += 2) {
  const [script, colours] = process.argv.slice(at, at + 2);
  const found = classes(script);
  let checked = 0;
  for (const entry of readFileSync(colours, "utf8").split("\n")) {
    const match = /^(\d+):(\d+)-(\d+) (\w+) /.exec(entry);
    if (!match) continue;
    const [number, first, last] = match.slice(1, 4).map(Number);
    const { line, bytes } = found[number - 1];
    checked++;
    for (let byte = first; byte < Math.min(last, line.length); byte++) {
      if (line[byte] === 0x20 || line[byte] === 0x09 || bytes[byte] === match[4]) continue;
      console.error(`${script}:${number}:${byte + 1}: ${bytes[byte]} instead of ${entry}`);
      wrong++;
      break;
    }
  }
  console.log(`${script}: ${checked} stretches`);
}
process.exit(wrong > 0 ? 1 : 0);
