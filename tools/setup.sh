#!/bin/sh
# Installs what Photoplay is built with: Debian packages for FFmpeg and bindgen,
# and libtorch 2.11.0 out of PyTorch's wheel on the Python package index.
# Does nothing, quickly, when everything is there. With the word `tests` also
# what the preview page is tested with: Chromium and two packages for Node. With
# the word `parity` also Python diffusers, beside which the networks are proved
# and timed; with the word `gpu` CUDA's part of libtorch.
set -eu

purpose=${1:-build}

packages='build-essential pkg-config clang libclang-dev
libavcodec-dev libavformat-dev libavutil-dev libswscale-dev libswresample-dev'
if [ "$purpose" = tests ]; then
    command -v node >/dev/null || packages="$packages nodejs"
    command -v npm >/dev/null || packages="$packages npm"
    [ -n "${CHROMIUM:-}" ] || packages="$packages chromium"
fi
if [ "$purpose" = parity ]; then
    packages="$packages python3-venv"
fi

version=2.11.0
repository=$(cd "$(dirname "$0")/.." && pwd)
data=${XDG_DATA_HOME:-$HOME/.local/share}/photoplay
libtorch=$data/libtorch-$version

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# ---- system packages -------------------------------------------------------

missing=''
if command -v dpkg-query >/dev/null; then
    for package in $packages; do
        case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) in
            *' installed') ;;
            *) missing="$missing $package" ;;
        esac
    done
elif ! pkg-config --exists libavcodec libavformat libavutil libswscale libswresample; then
    fail "FFmpeg's development files and libclang are needed; on Debian they are: $(echo $packages)"
fi
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ]; then
        say "installing$missing"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq
        # shellcheck disable=SC2086 # a list of packages
        apt-get install -y -qq --no-install-recommends $missing >/dev/null
    else
        fail "these packages are missing and only root can install them:
    sudo apt-get install$missing"
    fi
fi

command -v cargo >/dev/null || fail 'cargo is missing: install Rust with rustup, then try again'

# ---- libtorch --------------------------------------------------------------

if [ -n "${LIBTORCH:-}" ]; then
    [ -e "$LIBTORCH/lib/libtorch_cpu.so" ] || fail "LIBTORCH is $LIBTORCH, but there is no lib/libtorch_cpu.so in it"
    libtorch=$LIBTORCH
elif [ ! -e "$libtorch/complete" ]; then
    python3 -m pip --version >/dev/null 2>&1 ||
        fail 'python3 with pip is needed to fetch libtorch: sudo apt-get install python3-pip'
    case $(uname -m) in
        x86_64) platform=manylinux_2_28_x86_64 ;;
        aarch64) platform=manylinux_2_28_aarch64 ;;
        *) fail "there is no libtorch $version for $(uname -m); set LIBTORCH to one you built" ;;
    esac
    mkdir -p "$(dirname "$libtorch")"
    work=$(mktemp -d "$libtorch.XXXXXX")
    trap 'rm -rf "$work"' EXIT INT TERM
    say "fetching libtorch $version (about 600 MB, once)"
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
        --python-version 3.11 --implementation cp --platform "$platform" \
        --dest "$work/wheels" "torch==$version"
    # libtorch_cpu.so names these two, even on a machine without a GPU.
    set --
    for glibc in 17 25 27 28; do
        set -- "$@" --platform "manylinux_2_${glibc}_$(uname -m)"
    done
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
        --python-version 3.11 --implementation cp "$@" --platform "manylinux2014_$(uname -m)" \
        --dest "$work/wheels" 'nvidia-cuda-runtime==13.0.*' 'nvidia-cuda-cupti==13.0.*'
    python3 - "$work" <<'PYTHON'
import pathlib, sys, zipfile

work = pathlib.Path(sys.argv[1])
lib = work / "tree/lib"
lib.mkdir(parents=True)
wanted = {"libtorch_cpu.so", "libc10.so", "libcudart.so.13"}
for wheel in sorted((work / "wheels").glob("*.whl")):
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            path = pathlib.PurePosixPath(member.filename)
            if path.parts[:2] == ("torch", "include") and not member.is_dir():
                target = work.joinpath("tree", *path.parts[1:])
            elif path.name in wanted or path.name.startswith(("libgomp", "libcupti.so.13")):
                target = lib / path.name
            else:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, target.open("wb") as out:
                while block := source.read(1 << 20):
                    out.write(block)
(lib / "libtorch.so").symlink_to("libtorch_cpu.so")
PYTHON
    [ -s "$work/tree/lib/libtorch_cpu.so" ] || fail 'the wheel held no libtorch_cpu.so'
    touch "$work/tree/complete"
    rm -rf "$libtorch"
    mv "$work/tree" "$libtorch"
    say "libtorch $version is in $libtorch"
fi

# ---- CUDA ------------------------------------------------------------------

# The camera loads CUDA's part of libtorch from here where there is a driver.
cuda=$(readlink -f "$libtorch")-cuda
if [ "$purpose" = gpu ] && [ ! -e "$cuda/complete" ]; then
    say "fetching PyTorch $version with CUDA's libraries (5 GB on disk, once)"
    rm -rf "$cuda.part"
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
        --target "$cuda.part" "torch==$version"
    rm -rf "$cuda"
    mv "$cuda.part" "$cuda"
    touch "$cuda/complete"
    say "CUDA's part of libtorch is in $cuda"
fi

# .cargo/config.toml points here.
[ "$(readlink "$repository/.libtorch" 2>/dev/null)" = "$libtorch" ] ||
    ln -sfn "$libtorch" "$repository/.libtorch"

# ---- the browser's test ----------------------------------------------------

if [ "$purpose" = tests ] && [ ! -d "$repository/tests/browser/node_modules/playwright-core" ]; then
    say 'fetching what the browser is driven with'
    (cd "$repository/tests/browser" && npm install --silent --no-audit --no-fund --no-package-lock)
fi

# ---- Python diffusers ------------------------------------------------------

# PyTorch's wheel needs CUDA's libraries to be loaded at all. The one without
# them is on another index, and its libtorch is not the one Photoplay links.
manifest=$repository/tests/parity/MANIFEST
diffusers=$data/diffusers
if [ "$purpose" = parity ] && ! cmp -s "$manifest" "$diffusers/complete"; then
    say 'fetching Python diffusers (5 GB on disk, once)'
    python3 -m venv "$diffusers"
    "$diffusers/bin/python" -m pip install --quiet --disable-pip-version-check \
        --requirement "$manifest" accelerate ftfy
    cp "$manifest" "$diffusers/complete"
    say "diffusers is in $diffusers"
fi
