#!/bin/sh
# Packs the files that the editors' READMEs install: the VS Code extension, and a
# folder for each editor that needs a parser or other files of this repository.
set -eu
cd "$(dirname "$0")/.."
grammar=grammar/tree-sitter
out=target/editors
mkdir -p "$out"

parser() {
    mkdir -p "$(dirname "$1")"
    ${CC:-cc} -std=c11 -shared -fPIC -Os -I "$grammar/src" -o "$1" "$grammar/src/parser.c" "$grammar/src/scanner.c"
}

fresh() {
    rm -rf "$out/$1"
    mkdir -p "$out/$1"
}

fresh neovim
cp -r editors/neovim/. "$out/neovim"
mkdir -p "$out/neovim/queries/photoplay" "$out/neovim/syntax"
cp "$grammar"/queries/*.scm "$out/neovim/queries/photoplay"
cp editors/vim/syntax/photoplay.vim "$out/neovim/syntax"
parser "$out/neovim/parser/photoplay.so"
echo "$out/neovim"

fresh helix
mkdir -p "$out/helix/runtime/queries/photoplay"
sed "s|@grammar@|$PWD/$grammar|" editors/helix/languages.toml >"$out/helix/languages.toml"
cp "$grammar"/queries/*.scm editors/helix/textobjects.scm "$out/helix/runtime/queries/photoplay"
parser "$out/helix/runtime/grammars/photoplay.so"
echo "$out/helix"

fresh zed
cp -r editors/zed/. "$out/zed"
sed "s|@repository@|file://$PWD|; s|@revision@|$(git rev-parse HEAD 2>/dev/null || echo main)|" \
    editors/zed/extension.toml >"$out/zed/extension.toml"
# Zed has its own names for styles.
sed 's/@markup\.heading/@title/; s/@markup\.\(bold\|strong\)/@emphasis.strong/; s/@markup\.[a-z]*/@emphasis/' \
    "$grammar/queries/highlights.scm" >"$out/zed/languages/photoplay/highlights.scm"
echo "$out/zed"

fresh emacs
cp editors/emacs/photoplay-mode.el "$out/emacs"
echo "$out/emacs"

if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
    echo "npm or node is missing: VS Code and Sublime Text are left out" >&2
    exit 1
fi

fresh sublime
mkdir -p "$out/sublime/Photoplay"
cp editors/sublime/Photoplay.sublime-settings editors/sublime/*.tmPreferences "$out/sublime/Photoplay"
node editors/sublime/convert.mjs editors/vscode/syntaxes/photoplay.tmLanguage.json \
    >"$out/sublime/Photoplay/Photoplay.sublime-syntax"
echo "$out/sublime"

cd editors/vscode
npm install --silent --no-package-lock --no-audit --no-fund --ignore-scripts=false >/dev/null
npm run --silent pack >/dev/null
echo editors/vscode/photoplay.vsix
