"""What Python diffusers makes of Toy Theatre's own checkpoint, for `make parity`.

    python tests/parity/theatre.py models/toy-theatre cases.json frames.safetensors

The cases are `tests/parity/theatre.json`. Written out are, for each of them,
the noise and the pictures it was given and the frames that came out, in f32 on
the CPU.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from diffusers import WanVACEPipeline
from PIL import Image, ImageDraw
from safetensors.torch import save_file

torch.set_grad_enabled(False)


def picture(size, ground, figure):
    """A figure on a ground."""
    image = Image.new("RGB", size, ground)
    width, height = size
    ImageDraw.Draw(image).ellipse((width // 3, height // 6, 2 * width // 3, height - 8), fill=figure)
    return image


def bytes_of(image):
    return torch.from_numpy(np.array(image))


def main(model, cases, out):
    settings = json.loads((model / "photoplay.json").read_text())
    width, height = settings["width"], settings["height"]
    # Read by `WanVACEPipeline` alone, so that no part comes from elsewhere.
    pipe = WanVACEPipeline.from_pretrained(model, dtype=torch.float32, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    config = pipe.vae.config
    given = {}
    for case in json.loads(cases.read_text()):
        name, frames = case["name"], case["frames"]
        call = {}
        references = [picture(**reference) for reference in case["references"]]
        for index, reference in enumerate(references):
            given[f"{name}.reference.{index}"] = bytes_of(reference)
        if references:
            # diffusers puts each reference before those it has: the reverse of
            # the order of VACE's own code.
            call["reference_images"] = references[::-1]
        if case["first_frame"]:
            first = picture((width, height), **case["first_frame"])
            given[f"{name}.first_frame"] = bytes_of(first)
            video = torch.full((1, frames, 3, height, width), 0.5)
            video[0, 0] = bytes_of(first).float().permute(2, 0, 1) / 255.0
            mask = torch.ones_like(video)
            mask[0, 0] = 0.0
            call.update(video=video, mask=mask)
        latent_frames = 1 + (frames - 1) // config.scale_factor_temporal + len(references)
        side = config.scale_factor_spatial
        noise = torch.randn(
            (1, config.z_dim, latent_frames, height // side, width // side),
            generator=torch.Generator().manual_seed(case["seed"]),
        )
        given[f"{name}.noise"] = noise
        made = pipe(
            prompt=case["prompt"],
            negative_prompt=settings["negative_prompt"],
            width=width,
            height=height,
            num_frames=frames,
            num_inference_steps=settings["steps"],
            guidance_scale=settings["guidance_scale"],
            max_sequence_length=settings["text_length"],
            latents=noise,
            output_type="np",
            **call,
        ).frames[0]
        given[f"{name}.frames"] = torch.from_numpy(made * 255.0).round().to(torch.uint8)
    save_file({name: tensor.contiguous() for name, tensor in given.items()}, out)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
