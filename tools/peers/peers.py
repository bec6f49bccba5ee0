#!/usr/bin/env python3
"""How Photoplay reads the scripts of a folder, and where other parsers of
Fountain read them otherwise. `make compatibility` installs those parsers.

Prints a table in Markdown for every folder of FOLDER: how many elements of each
kind each script has, and how many of its lines each other parser gives another
kind. With --differences it prints those lines instead.
"""

import argparse
import collections
import difflib
import html
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEERS = ROOT / "target" / "peers"
sys.path.insert(0, str(PEERS / "python"))

COUNTED = ["heading", "action", "cue", "dual cue", "parenthetical", "dialogue", "lyrics", "transition",
           "centered", "section", "synopsis", "page break", "note"]
# Not every parser tells of these; none of them prints them.
UNPRINTED = {"section", "synopsis", "note", None}


def photoplay(paths):
    command = ["cargo", "run", "--quiet", "--no-default-features", "--target-dir", "target/bare",
               "--example", "elements", "--", *map(str, paths)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout
    scripts = []
    for line in map(json.loads, told.splitlines()):
        if "file" in line:
            scripts.append([])
        else:
            scripts[-1].append((line["kind"], line["text"]))
    return scripts


FOUNTAIN_JS = """
import {Fountain} from 'fountain-js';
import fs from 'fs';
const read = path => {
  try {
    return new Fountain().parse(fs.readFileSync(path, 'utf8'), true).tokens
      .filter(token => !token.is_title).map(({type, text, dual}) => [type, text ?? '', dual]);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
};
console.log(JSON.stringify(process.argv.slice(1).map(read)));
"""


def fountain_js(paths):
    """None for a script that stops it."""
    names = {"scene_heading": "heading", "character": "cue", "page_break": "page break"}
    command = ["node", "--input-type=module", "-e", FOUNTAIN_JS, *map(str, paths)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=PEERS).stdout

    def elements(script):
        right = False
        for kind, text, dual in script:
            if kind == "dialogue_begin":
                right = dual == "right"
            yield "dual cue" if right and kind == "character" else names.get(kind, kind), text

    return [script and list(elements(script)) for script in json.loads(told)]


def screenplain(paths):
    from screenplain import types
    from screenplain.parsers import fountain

    def told(script):
        for it in script:
            if isinstance(it, types.Slug):
                yield "heading", str(it.line)
            elif isinstance(it, types.Section):
                yield "section", str(it.text)
            elif isinstance(it, types.Action):
                yield "centered" if it.centered else "action", "\n".join(map(str, it.lines))
            elif isinstance(it, types.Transition):
                yield "transition", str(it.line)
            elif isinstance(it, types.PageBreak):
                yield "page break", "==="
            else:
                dual = isinstance(it, types.DualDialog)
                for speech in [it.left, it.right] if dual else [it]:
                    yield "dual cue" if dual and speech is it.right else "cue", str(speech.character)
                    for aside, text in speech.blocks:
                        yield "parenthetical" if aside else "dialogue", str(text)

    return [list(told(fountain.parse(path.open(encoding="utf-8-sig")))) for path in paths]


def screenplay_tools(paths):
    from screenplay_tools.fountain.parser import Parser
    names = {"character": "cue", "lyric": "lyrics", "pagebreak": "page break"}

    def told(path):
        parser = Parser()
        parser.add_text(path.read_text(encoding="utf-8-sig"))
        for it in parser.script.elements:
            kind = it.type.name.lower()
            if kind == "action" and it.centered:
                kind = "centered"
            if kind == "character":
                yield "dual cue" if it.is_dual_dialogue else "cue", it.name
            else:
                yield names.get(kind, kind), it.text_raw or ""

    return [list(told(path)) for path in paths]


# A boneyard, or a note: an empty line ends a note that is not closed before it.
HIDDEN = re.compile(r"/\*.*?\*/|\[\[(?:(?!\[\[|\n[ \t]?\n).)*?\]\]", re.DOTALL)
# How parsers write notes, line ends and emphasis.
SET = [(re.compile(r"<!--.*?-->", re.DOTALL), ""), (HIDDEN, ""),
       (re.compile(r"<br ?/?>"), "\n"), (re.compile(r"</?span[^>]*>"), "")]


def letters(line):
    """What a line is known by, however a parser sets it: without marks, spaces,
    case, the scene number and what follows a cue in brackets."""
    line = re.sub(r"#[\w.-]+#\s*$|[*_~\\]", "", line).strip()
    name = line.split("(")[0]
    line = name if name.strip() and name == name.upper() else line
    return re.sub(r"[\W_]", "", line).upper() or re.sub("^===+$", "===", line)


def lines_of(text):
    """The lines of a script by their numbers, and those inside of notes and
    boneyards; what stands behind one goes on with the line before it."""
    seen, hidden, at = {}, {}, 0
    number = line = 1
    for gap in [*HIDDEN.finditer(text), None]:
        first, *others = text[at:gap.start() if gap else None].split("\n")
        seen[line] = seen.get(line, "") + first
        for other in others:
            number = line = number + 1
            seen[line] = other
        if gap:
            inside = gap.group().split("\n")
            hidden |= {number + at: words for at, words in enumerate(inside[1:-1], 1)}
            number += len(inside) - 1
            at = gap.end()
    return [{number: letters(words) for number, words in some.items() if letters(words)}
            for some in (seen, hidden)]


def kinds(seen, hidden, script):
    """The kind that a parser gives to each line of a script, by number."""
    read = []
    for kind, text in script:
        for mark, plain in SET:
            text = mark.sub(plain, text)
        text = "===" if kind == "page break" else html.unescape(text)
        read += [(letters(line), kind) for line in text.split("\n") if letters(line)]
    numbers = list(seen)
    given = {}
    matcher = difflib.SequenceMatcher(None, list(seen.values()), [it for it, _ in read], autojunk=False)
    for how, a, to_a, b, to_b in matcher.get_opcodes():
        if how == "equal":
            given |= {numbers[a + at]: read[b + at][1] for at in range(to_a - a)}
        else:
            loose = dict(read[b:to_b])
            given |= {number: loose[line] for number, line in hidden.items() if line in loose}
    return given


PARSERS = {"fountain-js": fountain_js, "screenplain": screenplain, "screenplay-tools": screenplay_tools}


def differences(text, ours, theirs):
    """Each line that is given another kind: its number, the parser, both kinds."""
    seen, hidden = lines_of(text)
    mine = kinds(seen, hidden, ours)
    for name, script in theirs.items():
        other = kinds(seen, hidden, script)
        for number in sorted(seen | hidden):
            here, there = mine.get(number), other.get(number)
            if here != there and not {here, there} <= UNPRINTED:
                yield number, name, here, there


def row(cells):
    return "| " + " | ".join(str(cell or "") for cell in cells) + " |"


def main():
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=pathlib.Path, metavar="FOLDER")
    arguments.add_argument("--differences", action="store_true")
    asked = arguments.parse_args()
    folder = asked.folder.resolve()
    texts = {}
    for path in sorted(folder.rglob("*.fountain")):
        try:
            texts[path] = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            arguments.error(f"{path} is not UTF-8: convert it, or move it out of {folder}")
    if not texts:
        arguments.error(f"no file in {folder} ends in .fountain")
    ours = photoplay(texts)
    theirs = {name: read(texts) for name, read in PARSERS.items()}

    group = None
    for at, (path, text) in enumerate(texts.items()):
        script = path.relative_to(folder)
        read = {name: scripts[at] for name, scripts in theirs.items() if scripts[at] is not None}
        differing = list(differences(text, ours[at], read))
        if asked.differences:
            source = text.split("\n")
            for number, name, here, there in sorted(differing, key=lambda it: it[0]):
                print(f"{script}:{number}: {here or 'nothing'} here, {there or 'nothing'} in {name}: "
                      f"{source[number - 1].strip()[:60]}")
            for name in theirs.keys() - read:
                print(f"{script}: {name} stops")
            continue
        if script.parent.parts[:1] != group:
            group = script.parent.parts[:1]
            columns = ["script", "lines", *COUNTED, *PARSERS]
            print(f"\n### {''.join(group) or folder.name}\n\n{row(columns)}\n{'|---' * len(columns)}|")
        elements = collections.Counter(kind for kind, _ in ours[at])
        otherwise = collections.Counter(name for _, name, *_ in differing)
        print(row([script.relative_to(*group) if group else script, len(lines_of(text)[0]),
                   *(elements[kind] for kind in COUNTED),
                   *(otherwise[name] if name in read else "stops" for name in PARSERS)]))


if __name__ == "__main__":
    main()
