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
from diffusers import (
    AutoencoderKLWan,
    FlowMatchEulerDiscreteScheduler,
    UniPCMultistepScheduler,
    WanTransformer3DModel,
    WanVACEPipeline,
    WanVACETransformer3DModel,
)
from PIL import Image
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast, UMT5Config, UMT5EncoderModel

HERE = Path(__file__).parent
CASES = json.loads((HERE / "cases.json").read_text())
torch.set_grad_enabled(False)
torch.set_num_threads(2)


def fill(name, shape, scale=1.0, offset=0.0):
    """Uniform in [-1, 1) by FNV-1a of the name and SplitMix64 of the position."""
    seed = fnv1a(name)
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


def fnv1a(text):
    seed = 0xCBF29CE484222325
    for byte in text.encode():
        seed = ((seed ^ byte) * 0x100000001B3) % 2**64
    return seed


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


def make_scheduler(case):
    if case["scheduler"] == "unipc":
        return UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=case["shift"], **case.get("config", {})
        )
    return FlowMatchEulerDiscreteScheduler(shift=case["shift"])


def scheduler():
    out = {}
    for case in CASES["scheduler"]:
        name, steps = case["name"], make_scheduler(case)
        steps.set_timesteps(case["steps"])
        sample = fill("sample", (1, 4, 2, 3, 3))
        for index, timestep in enumerate(steps.timesteps):
            velocity = fill(f"velocity.{index}", sample.shape) + 0.25 * sample
            sample = steps.step(velocity, timestep, sample).prev_sample
            out[f"{name}.{index}"] = sample
        out[f"{name}.timesteps"] = steps.timesteps.float()
        out[f"{name}.sigmas"] = steps.sigmas
    save("scheduler", out)


def make_tokenizer():
    pieces = ["<pad>", "</s>", "<unk>", "▁", "▁a", "▁the", "▁fox", "▁red", "▁walk", "▁and", "▁gr", "ey", "s"]
    pieces += [letter for letter in "abcdefghijklmnopqrtuvwxyz"]
    vocabulary = [(piece, 0.0 if index < 3 else -2.0 - 0.1 * index) for index, piece in enumerate(pieces)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=2))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    tokenizer.add_special_tokens(["<pad>", "</s>", "<unk>"])
    tokenizer.save(str(HERE / "tokenizer.json"))
    return PreTrainedTokenizerFast(
        tokenizer_file=str(HERE / "tokenizer.json"), eos_token="</s>", pad_token="<pad>", unk_token="<unk>"
    )


def picture(name, width, height):
    unit = fill(name, (height, width, 3)).double().numpy()
    return Image.fromarray(np.floor((unit + 1.0) * 127.5).astype(np.uint8))


def pipeline():
    tokenizer = make_tokenizer()
    text_encoder = set_weights(UMT5EncoderModel(UMT5Config(**CASES["text_encoder"]["config"])))
    transformer = set_weights(WanVACETransformer3DModel(**CASES["transformer"][0]["config"]))
    vae = set_weights(AutoencoderKLWan(**CASES["vae"][0]["config"]))
    out = {}
    for case in CASES["pipeline"]["cases"]:
        pipe = WanVACEPipeline(tokenizer, text_encoder, vae, make_scheduler(case), transformer)
        pipe.set_progress_bar_config(disable=True)
        width, height, frames = case["width"], case["height"], case["frames"]
        given = {}
        if case["reference"]:
            given["reference_images"] = [picture("reference", *case["reference"])]
        if case["kept"]:
            video = torch.full((1, frames, 3, height, width), 0.5)
            mask = torch.ones_like(video)
            for frame in case["kept"]:
                pixels = torch.from_numpy(np.array(picture(f"frame.{frame}", width, height)))
                video[0, frame] = pixels.float().permute(2, 0, 1) / 255.0
                mask[0, frame] = 0.0
            given.update(video=video, mask=mask)
        references = 1 if case["reference"] else 0
        noise = fill("noise", (1, 4, (frames + 3) // 4 + references, height // 8, width // 8), 1.7)
        call = dict(
            prompt=case["prompt"],
            negative_prompt=case["negative_prompt"],
            width=width,
            height=height,
            num_frames=frames,
            num_inference_steps=case["steps"],
            guidance_scale=case["guidance_scale"],
            latents=noise,
            max_sequence_length=CASES["pipeline"]["text_length"],
            **given,
        )
        out[case["name"]] = pipe(**call, output_type="latent").frames[:, :, references:]
        frames = pipe(**call, output_type="np").frames[0]
        out[case["name"] + ".frames"] = torch.from_numpy(frames * 255.0).round().to(torch.uint8)
    save("pipeline", out)


def published():
    """Names and shapes of all tensors of published models, as a digest."""
    out = {}
    for case in CASES["published"]:
        config = case["config"]
        with torch.device("meta"):
            if case["kind"] == "vae":
                model = AutoencoderKLWan(**config)
            elif case["kind"] == "text_encoder":
                model = UMT5EncoderModel(UMT5Config(**config))
            elif "vace_layers" in config:
                model = WanVACETransformer3DModel(**config)
            else:
                model = WanTransformer3DModel(**config)
        lines = sorted(f"{name} {list(parameter.shape)}\n" for name, parameter in model.named_parameters())
        out[case["name"]] = {"tensors": len(lines), "digest": f"{fnv1a(''.join(lines)):016x}"}
    (HERE / "published.json").write_text(json.dumps(out, indent=2) + "\n")


if __name__ == "__main__":
    vae()
    transformer()
    text_encoder()
    scheduler()
    pipeline()
    published()
    versions = [f"{name}=={importlib.metadata.version(name)}" for name in ("torch", "diffusers", "transformers")]
    (HERE / "MANIFEST").write_text("\n".join(versions) + "\n")
