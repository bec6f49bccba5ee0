#!/bin/sh
# Tests the grammars and the editors: every grammar against the compiler's classes
# of every script in the repository, and every editor that is here set up by its
# README, in a home of its own, with the real language server.
#
# Installs missing programs from Debian and npm by name where that is allowed; skips
# what it cannot install, with a message.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
scripts=$root/target/editors/scripts
mistaken=tests/ui/move-misspelt.play

has() { command -v "$1" >/dev/null 2>&1; }

lacking=
has node && has npm || lacking="$lacking nodejs npm"
has vim || lacking="$lacking vim"
[ -d /usr/share/vim-ale ] || lacking="$lacking vim-ale"
has nvim || lacking="$lacking neovim"
has emacs || lacking="$lacking emacs-nox"
ls -d /usr/share/emacs/site-lisp/elpa-src/eglot-* >/dev/null 2>&1 || lacking="$lacking elpa-eglot"
has batcat || has bat || lacking="$lacking bat"
if [ -n "$lacking" ] && has apt-get && [ "$(id -u)" = 0 ]; then
    apt-get update -qq || true
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $lacking >/dev/null || true
fi

failed=
try() {
    what=$1
    shift
    "$@" || failed="$failed $what"
}
passed_over() { echo "$1 is missing: $2" >&2; }

# A home in which nothing is set up.
home() {
    rm -rf "$root/target/editors/home"
    mkdir -p "$root/target/editors/home"
    cp "$mistaken" "$root/target/editors/home/mistaken.play"
}
at_home() {
    (cd "$root/target/editors/home" &&
        env -u XDG_CONFIG_HOME -u XDG_DATA_HOME -u XDG_CACHE_HOME -u XDG_STATE_HOME \
            HOME="$PWD" PATH="$root/target/debug:$PATH" SCRIPT=mistaken.play SCRIPTS="$scripts" \
            timeout 300 "$@")
}

cargo build -q --no-default-features --bin photoplay
cargo run -q -p tree-sitter-photoplay --example classes "$scripts"
try tree-sitter cargo test -q -p tree-sitter-photoplay

generated() {
    fresh=$root/target/editors/parser
    rm -rf "$fresh" && mkdir -p "$fresh"
    cargo run -q --manifest-path grammar/tree-sitter/generate/Cargo.toml \
        --target-dir target/generate -- "$fresh"
    for file in parser.c grammar.json node-types.json; do
        cmp "$fresh/$file" "grammar/tree-sitter/src/$file" || {
            echo "grammar/tree-sitter/src/$file is stale; its README says how to write it anew" >&2
            return 1
        }
    done
}

if has node && has npm; then
    try generated generated
    try pack editors/pack.sh
    try textmate node editors/test/textmate.mjs "$scripts"
    try snippets node editors/test/snippets.mjs target/debug/photoplay
    (cd editors/vscode && npm run --silent build)
    try vscode node editors/vscode/test/session.mjs target/debug/photoplay "$mistaken"
    if has batcat || has bat; then
        try sublime node editors/test/sublime.mjs "$(command -v batcat || command -v bat)" \
            target/editors/sublime/Photoplay/Photoplay.sublime-syntax "$scripts"
    else
        passed_over bat "the syntax of Sublime Text is not tested"
    fi
else
    passed_over "npm or node" "VS Code and Sublime Text are not tested"
    try pack editors/pack.sh
fi

if has vim; then
    home
    mkdir -p target/editors/home/.vim/pack/photoplay/start
    cp -r editors/vim target/editors/home/.vim/pack/photoplay/start/photoplay
    printf 'set nocompatible\nfiletype plugin on\nsyntax on\nsilent! packadd! ale\n' >target/editors/home/.vimrc
    # shellcheck disable=SC2016
    try vim at_home sh -c 'vim -i NONE -u "$HOME/.vimrc" -es -S "$1" >out 2>&1; code=$?; grep "^vim:" out; exit $code' - "$root/editors/test/vim.vim"
    try vim at_home vim -Nu NONE -i NONE -es -S "$root/editors/test/classes.vim"
    has node && try vim node editors/test/lists.mjs vim "$scripts"
else
    passed_over vim "its files are not tested"
fi

if has nvim; then
    home
    mkdir -p target/editors/home/.local/share/nvim/site/pack/photoplay/start
    cp -r target/editors/neovim target/editors/home/.local/share/nvim/site/pack/photoplay/start/photoplay
    try neovim at_home nvim --headless -i NONE -S "$root/editors/test/neovim.lua"
else
    passed_over nvim "its plugin is not tested"
fi

if has emacs; then
    home
    mkdir -p target/editors/home/.emacs.d/photoplay
    cp editors/emacs/photoplay-mode.el target/editors/home/.emacs.d/photoplay/
    awk '/^```elisp/ { inside = 1; next } /^```/ { inside = 0 } inside' editors/emacs/README.md \
        >target/editors/home/.emacs.d/init.el
    try emacs at_home emacs --batch -f package-activate-all -l .emacs.d/init.el -l "$root/editors/test/emacs.el"
    try emacs at_home emacs -Q --batch --eval '(setq byte-compile-error-on-warn t)' \
        -f batch-byte-compile .emacs.d/photoplay/photoplay-mode.el
    try emacs at_home emacs -Q --batch -l .emacs.d/photoplay/photoplay-mode.el -l "$root/editors/test/classes.el"
    has node && try emacs node editors/test/lists.mjs emacs "$scripts"
else
    passed_over emacs "its mode is not tested"
fi

if has hx; then
    home
    mkdir -p target/editors/home/.config/helix
    cp -r target/editors/helix/runtime target/editors/home/.config/helix/
    cat target/editors/helix/languages.toml >>target/editors/home/.config/helix/languages.toml
    # shellcheck disable=SC2016
    try helix at_home sh -c 'hx --health photoplay >out 2>&1 && ! grep "✘.*\(photoplay\|arser\|ighlight\)" out'
else
    passed_over hx "the files of Helix are only read, by tree-sitter's own tests"
fi

if [ -n "$failed" ]; then
    echo "failed:$failed" >&2
    exit 1
fi
echo "every editor's test went well"
