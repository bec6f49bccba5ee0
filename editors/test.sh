#!/bin/sh
# Holds the editors' grammars to the classes that the compiler gives the scripts
# of tests/script. Needs npm and vim; one that is missing is passed over, aloud.
set -eu
cd "$(dirname "$0")"
scripts=../tests/script

if command -v npm >/dev/null && command -v node >/dev/null; then
    (cd vscode && npm install --silent --no-package-lock --no-audit --no-fund >/dev/null)
    set --
    for script in "$scripts"/*.play "$scripts"/*.fountain; do
        set -- "$@" "../$script" "../$script.colours.snap"
    done
    (cd vscode && node check.mjs "$@")
else
    echo "npm or node is missing: the VS Code grammar is not tested" >&2
fi

if command -v vim >/dev/null; then
    for script in "$scripts"/*.play "$scripts"/*.fountain; do
        COLOURS="$script.colours.snap" vim -Nu NONE -es -S vim/check.vim "$script"
    done
else
    echo "vim is missing: its syntax file is not tested" >&2
fi
