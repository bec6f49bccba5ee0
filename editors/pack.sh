#!/bin/sh
# Packs what the editors' READMEs install: the VS Code extension, and a folder
# for each editor that wants a parser or other files of this repository with it.
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
