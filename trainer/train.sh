#!/bin/sh
# Trains the second edition of Toy Theatre from nothing within a number of minutes.
#
#   trainer/train.sh ART [MINUTES] [DEVICE]
#
# ART is the unpacked npm package @lobehub/fluent-emoji-3d. Painting the pictures and
# encoding them takes some minutes more, once. Interrupted, it goes on where it was; with
# more MINUTES than before, it goes on from there. RUN is the folder of the runs.
set -eu

art=${1:?usage: trainer/train.sh ART [MINUTES] [DEVICE]}
minutes=${2:-600}
device=${3:-cpu}
run=${RUN:-training}
figures=${FIGURES:-8000}

case $device in
    # One worker feeds a GPU best, and larger batches suit it.
    cuda*) workers=1 vae="--batch 64 --crop 256x256" denoiser="--tokens 65536" ;;
    *) workers=$(nproc) vae="--batch 16 --crop 128x128" denoiser="--tokens 4096" ;;
esac

share() {
    awk -v minutes="$minutes" -v share="$1" 'BEGIN { print minutes * share }'
}

cargo build --release -p photoplay-trainer
trainer=target/release/photoplay-trainer
if [ ! -e "$run/stills/labels.json" ]; then
    $trainer stills --art "$art" --out "$run/stills" --figures "$figures" --makers "$(nproc)"
fi

# train COMMAND FOLDER OPTIONS...: goes on from where the folder is.
train() {
    command=$1 folder=$run/$2
    shift 2
    resume=
    [ -e "$folder/checkpoint.safetensors" ] && resume=--resume
    $trainer "$command" --run "$folder" --art "$art" --stills "$run/stills" \
        --device "$device" --workers "$workers" $resume "$@"
}

# Options are words: they are meant to be split.
# shellcheck disable=SC2086
{
    # The denoiser learns the latents of this encoder, which then must not change.
    if [ ! -e "$run/vae/latents.safetensors" ]; then
        train vae vae --config trainer/configs/vae-2.json --minutes "$(share 0.35)" $vae
    fi
    train transformer transformer --vae "$run/vae" --minutes "$(share 0.65)" $denoiser
}
