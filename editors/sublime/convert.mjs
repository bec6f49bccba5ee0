// Writes Photoplay.sublime-syntax out of the TextMate grammar, so that there is
// one: node convert.mjs photoplay.tmLanguage.json > Photoplay.sublime-syntax
import { readFileSync } from "node:fs";

const grammar = JSON.parse(readFileSync(process.argv[2], "utf8"));
const contexts = {};

function captures(of) {
  const entries = Object.entries(of ?? {}).map(([group, { name }]) => [group, name]);
  return entries.length ? { captures: Object.fromEntries(entries) } : {};
}

// A pattern as entries of a context; a region gets a context of its own.
function entries(pattern, name) {
  if (pattern.include) return [{ include: pattern.include.replace("#", "") }];
  if (pattern.match) {
    const scope = pattern.name ? { scope: pattern.name } : {};
    return [{ match: pattern.match, ...scope, ...captures(pattern.captures) }];
  }
  if (!pattern.begin) return context(pattern.patterns ?? [], name);
  const inside = `${name}-inside`;
  contexts[inside] = [
    ...(pattern.name ? [{ meta_scope: pattern.name }] : []),
    ...(pattern.contentName ? [{ meta_content_scope: pattern.contentName }] : []),
    { match: pattern.end, ...captures(pattern.endCaptures ?? pattern.captures), pop: true },
    ...context(pattern.patterns ?? [], inside),
  ];
  return [
    { match: pattern.begin, ...captures(pattern.beginCaptures ?? pattern.captures), push: inside },
  ];
}

function context(patterns, name) {
  return patterns.flatMap((pattern, index) => entries(pattern, `${name}-${index}`));
}

for (const [name, rule] of Object.entries(grammar.repository)) contexts[name] = entries(rule, name);
contexts.body = context(
  grammar.patterns.filter((pattern) => pattern.include !== "#title-page"),
  "body",
);
// The title page is the first thing or nothing.
const [title] = contexts["title-page"];
contexts.main = [
  { ...title, match: title.match.replace("\\A", "^"), push: undefined, set: ["body", title.push] },
  { match: "^", set: "body" },
];
delete contexts["title-page"];

const lines = [
  "%YAML 1.2",
  "---",
  "# Written by editors/sublime/convert.mjs out of the TextMate grammar.",
  `name: ${grammar.name}`,
  `scope: ${grammar.scopeName}`,
  "file_extensions: [play]",
  "contexts:",
];
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
for (const [name, list] of Object.entries(contexts)) {
  lines.push(`  ${name}:`);
  for (const entry of list) {
    let mark = "- ";
    for (const [key, value] of Object.entries(entry)) {
      if (value === undefined) continue;
      if (key === "captures") {
        lines.push(`    ${mark}captures:`);
        for (const [group, scope] of Object.entries(value)) lines.push(`        ${group}: ${scope}`);
      } else if (Array.isArray(value)) {
        lines.push(`    ${mark}${key}: [${value.join(", ")}]`);
      } else {
        lines.push(`    ${mark}${key}: ${key === "match" ? quoted(value) : value}`);
      }
      mark = "  ";
    }
  }
}
console.log(lines.join("\n"));
