// Compares the TextMate grammar with the compiler: node textmate.mjs FOLDER
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compare } from "./compare.mjs";

const vscode = join(dirname(fileURLToPath(import.meta.url)), "../vscode");
const require = createRequire(join(vscode, "package.json"));
const textmate = require("vscode-textmate");
const oniguruma = require("vscode-oniguruma");

const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async () => {
    const path = join(vscode, "syntaxes/photoplay.tmLanguage.json");
    return textmate.parseRawGrammar(readFileSync(path, "utf8"), path);
  },
});
const grammar = await registry.loadGrammar("source.photoplay");

// The last part of a scope before `.photoplay` is the class.
const plain = /^(source|punctuation|keyword\.operator)\./;

const wrong = compare("textmate", process.argv[2], (script) => {
  let stack = textmate.INITIAL;
  return script.text.toString("utf8").split("\n").map((text) => {
    const line = text.replace(/\r$/, "");
    const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
    stack = ruleStack;
    const bytes = [];
    for (const token of tokens) {
      // A mark inside a classified range has no class of its own.
      const last = token.scopes.findLast((scope) => !/^(source|constant\.character)\./.test(scope));
      const name = last && !plain.test(last) ? last.split(".").at(-2).replaceAll("-", "_") : undefined;
      const size = Buffer.byteLength(line.slice(token.startIndex, token.endIndex));
      for (let at = 0; at < size; at++) bytes.push(name);
    }
    return bytes;
  });
});
process.exit(wrong > 0 ? 1 : 0);
