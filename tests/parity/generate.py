"""What Python diffusers makes of tiny networks, for `cargo test --test parity`.

    pip install torch==2.11.0 diffusers==0.42.1 transformers==5.23.0 safetensors numpy
    python tests/parity/generate.py

Weights and inputs are a formula of their name, written down here and in
`tests/parity.rs`; the fixtures hold only what comes out.
"""

import importlib.metadata
import json
import math
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKLWan, WanTransformer3DModel, WanVACETransformer3DModel
from safetensors.torch import save_file
from transformers import UMT5Config, UMT5EncoderModel

HERE = Path(__file__).parent
CASES = json.loads((HERE / "cases.json").read_text())
torch.set_grad_enabled(False)
torch.set_num_threads(2)


def fill(name, shape, scale=1.0, offset=0.0):
    """Uniform in [-1, 1) by FNV-1a of the name and SplitMix64 of the position."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) % 2**64
    with np.errstate(over="ignore"):
        z = np.arange(1, math.prod(shape) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = z + np.uint64(seed)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    unit = (z >> np.uint64(40)).astype(np.float64) / 2**23 - 1.0
    return torch.from_numpy((unit * scale + offset).astype(np.float32)).reshape(shape)


def weight(name, shape):
    last = name.rsplit(".", 1)[-1]
    if last == "gamma" or (last == "weight" and "norm" in name):
        return fill(name, shape, 0.1, 1.0)
    if last == "bias":
        return fill(name, shape, 0.1)
    if last == "scale_shift_table":
        return fill(name, shape, 0.5)
    fan_in = math.prod(shape[1:])
    return fill(name, shape, math.sqrt(3.0 / fan_in))


def set_weights(model):
    for name, parameter in model.named_parameters():
        parameter.copy_(weight(name, tuple(parameter.shape)))
    return model.eval()


def save(name, tensors):
    path = HERE / f"{name}.safetensors"
    save_file({key: value.contiguous() for key, value in tensors.items()}, path)
    print(path.name, path.stat().st_size)
    assert path.stat().st_size <= 200 * 1024


def vae():
    for case in CASES["vae"]:
        config = case["config"]
        model = set_weights(AutoencoderKLWan(**config))
        factor = config.get("scale_factor_spatial", 8)
        out = {}
        for frames in case["frames"]:
            pixels = fill("pixels", (1, 3, frames, case["height"], case["width"]))
            latents = fill(
                "latents",
                (1, config["z_dim"], 1 + (frames - 1) // 4, case["height"] // factor, case["width"] // factor),
                2.0,
            )
            posterior = model.encode(pixels).latent_dist
            out[f"mean.{frames}"] = posterior.mean
            out[f"log_variance.{frames}"] = posterior.logvar
            out[f"decoded.{frames}"] = model.decode(latents).sample
        save(f"vae_{case['name']}", out)


def transformer():
    for case in CASES["transformer"]:
        config = case["config"]
        kind = WanVACETransformer3DModel if "vace_layers" in config else WanTransformer3DModel
        model = set_weights(kind(**config))
        batch, grid = case["batch"], (case["frames"], case["height"], case["width"])
        latents = fill("latents", (batch, config["in_channels"], *grid))
        text = fill("text", (batch, case["text_length"], config["text_dim"]))
        timestep = torch.tensor(case["timesteps"])
        control = {}
        if "vace_layers" in config:
            control = {"control_hidden_states": fill("control", (batch, config["vace_in_channels"], *grid))}
        block = {}
        hook = model.blocks[0].register_forward_hook(lambda _, __, output: block.update(output=output))
        out = {"velocity": model(latents, timestep, text, **control).sample, "block": block["output"]}
        hook.remove()
        cos, sin = model.rope(latents)
        out["rope.cos"], out["rope.sin"] = cos[0, :, 0, 0::2], sin[0, :, 0, 0::2]
        out["timestep"] = model.condition_embedder.timesteps_proj(timestep)
        save(f"transformer_{case['name']}", out)


def text_encoder():
    case = CASES["text_encoder"]
    model = set_weights(UMT5EncoderModel(UMT5Config(**case["config"])))
    length = case["length"]
    unit = fill("tokens", (len(case["present"]), length))
    tokens = ((unit + 1.0) * 0.5 * (case["config"]["vocab_size"] - 2)).long() + 2
    mask = torch.zeros_like(tokens)
    for row, present in enumerate(case["present"]):
        mask[row, :present] = 1
    embeddings = model(tokens * mask, mask).last_hidden_state * mask.unsqueeze(-1)
    save("text_encoder", {"embeddings": embeddings})


if __name__ == "__main__":
    vae()
    transformer()
    text_encoder()
    versions = [f"{name}=={importlib.metadata.version(name)}" for name in ("torch", "diffusers", "transformers")]
    (HERE / "MANIFEST").write_text("\n".join(versions) + "\n")
