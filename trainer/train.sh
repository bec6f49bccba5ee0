#!/bin/sh
# Trains Toy Theatre from nothing within a number of minutes and exports it.
#
#   trainer/train.sh ART [MINUTES] [DEVICE]
#
# ART is the unpacked npm package @lobehub/fluent-emoji-3d. A tenth more time
# goes by in rendering and exporting. Interrupted, it goes on where it was.
set -eu

art=${1:?usage: trainer/train.sh ART [MINUTES] [DEVICE]}
minutes=${2:-90}
device=${3:-cpu}
run=training

case $device in
    # One worker feeds a GPU best; larger batches suit it, and scenes from every core.
    cuda*)
        workers=1 vae="--batch 32 --makers $(nproc)"
        denoiser="--tokens 32768 --clips 2048 --pictures 16384 --makers $(nproc) --fresh 1.5"
        ;;
    *) workers=$(nproc) vae="--batch 2" denoiser="--tokens 1024 --clips 192" ;;
esac

share() {
    awk -v minutes="$minutes" -v share="$1" 'BEGIN { print minutes * share }'
}

cargo build --release -p photoplay-trainer
# phase NAME COMMAND OPTIONS...: once, going on where it was interrupted.
phase() {
    name=$1 command=$2
    shift 2
    [ -e "$run/$name.done" ] && return
    resume=
    [ -e "$run/$command/checkpoint.safetensors" ] && resume=--resume
    target/release/photoplay-trainer "$command" --run "$run/$command" --art "$art" \
        --edition first --device "$device" --workers "$workers" $resume "$@"
    touch "$run/$name.done"
}

# Options are words: they are meant to be split.
# shellcheck disable=SC2086
{
    phase pictures vae --phase pictures --crop 192x160 --minutes "$(share 0.27)" $vae
    phase clips vae --phase clips --crop 192x160 --minutes "$(share 0.13)" $vae
    phase stills transformer --vae $run/vae --minutes "$(share 0.3)" $denoiser
    phase motion transformer --vae $run/vae --frames 1:2,13:1,25:1,49:0.5 \
        --minutes "$(share 0.3)" $denoiser
}
target/release/photoplay-trainer export --vae $run/vae --transformer $run/transformer
