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
    DPMSolverMultistepScheduler,
    FlowMatchEulerDiscreteScheduler,
    UniPCMultistepScheduler,
    WanImageToVideoPipeline,
    WanPipeline,
    WanTransformer3DModel,
    WanVACEPipeline,
    WanVACETransformer3DModel,
)
from diffusers.models.autoencoders import autoencoder_kl_wan as wan_vae
from diffusers.models.embeddings import Timesteps
from diffusers.models.transformers.transformer_wan import (
    WanAttention,
    WanAttnProcessor,
    WanRotaryPosEmbed,
    WanTimeTextImageEmbedding,
    WanTransformerBlock,
)
from diffusers.models.transformers.transformer_wan_vace import WanVACETransformerBlock
from PIL import Image
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast, UMT5Config, UMT5EncoderModel
from transformers.models.umt5.modeling_umt5 import UMT5Block

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
    if name.startswith("decoder.conv_out"):
        # Few pixels of a clip are to end at black or white.
        return fill(name, shape, 0.3 / math.sqrt(math.prod(shape[1:])))
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


def set_weights(model, prefix=""):
    for name, parameter in model.named_parameters():
        parameter.copy_(weight(prefix + name, tuple(parameter.shape)))
    return model.eval()


def every(stride, x):
    """Large tensors by some of their values, at every place in turn."""
    return x.flatten()[::stride]


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
            decoded = model.decode(latents).sample
            assert_unclamped(decoded)
            out[f"decoded.{frames}"] = every(5, decoded)
        save(f"vae_{case['name']}", out)


def assert_unclamped(pixels):
    """What is clamped proves nothing."""
    clamped = (pixels.abs() >= 1).float().mean().item()
    assert clamped < 0.01, clamped


def in_parts(layer, x, first, rest):
    """A layer over time as the autoencoder calls it: a first part, then others, with a cache."""
    cache = [None] * 8
    parts = [x[:, :, :first]] + list(x[:, :, first:].split(rest, dim=2))
    return torch.cat([layer(part, feat_cache=cache, feat_idx=[0]) for part in parts], dim=2)


def blocks():
    """Each block on its own."""
    out = {}
    width, heads, length = 64, 2, 12
    x = fill("x", (2, length, width))
    text = fill("text", (2, 5, width))
    rope = WanRotaryPosEmbed(width // heads, (1, 2, 2), 64)(torch.empty(2, 1, 3, 4, 4))
    time = fill("time", (2, 6, width))
    times = fill("times", (2, 3, 6, width)).repeat_interleave(length // 3, dim=1)
    attention = dict(
        dim=width, heads=heads, dim_head=width // heads, eps=1e-6, processor=WanAttnProcessor()
    )
    out["attention.self"] = set_weights(WanAttention(**attention))(x, None, None, rope)
    cross = set_weights(WanAttention(**attention, cross_attention_dim_head=width // heads))
    out["attention.cross"] = cross(x, text, None, None)
    for name, norm in [("block", True), ("block.without_norm", False)]:
        block = set_weights(WanTransformerBlock(width, 96, heads, cross_attn_norm=norm))
        out[name] = block(x, text, time, rope)
        out[f"{name}.times"] = block(x, text, times, rope)
    for name, first in [("vace.first", True), ("vace.later", False)]:
        block = WanVACETransformerBlock(
            width, 96, heads, cross_attn_norm=True, apply_input_projection=first, apply_output_projection=True
        )
        hint, control = set_weights(block)(x, text, fill("control", x.shape), time, rope)
        out[f"{name}.hint"], out[f"{name}.control"] = hint, control
    embedder = set_weights(WanTimeTextImageEmbedding(width, 256, 6 * width, 16), "condition_embedder.")
    embedded = embedder(torch.tensor([999, 3]), fill("embeddings", (2, 5, 16)))
    out["embedder.time"], out["embedder.modulation"], out["embedder.text"] = embedded[:3]

    config = UMT5Config(**CASES["text_encoder"]["config"])
    layer = set_weights(UMT5Block(config))
    hidden = fill("hidden", (2, 9, config.d_model))
    mask = torch.zeros(2, 1, 1, 9)
    mask[1, ..., 4:] = torch.finfo(torch.float32).min
    out["umt5.layer"] = layer(hidden, attention_mask=mask)
    long = set_weights(UMT5Block(UMT5Config(**CASES["text_encoder"]["config"] | CASES["positions"])))
    # The bias depends on the distance alone: its first row and its first column say all.
    bias = long.layer[0].SelfAttention.compute_bias(CASES["positions"]["length"], CASES["positions"]["length"])
    out["umt5.bias"] = torch.stack([bias[0, :, 0], bias[0, :, :, 0]])

    clip = fill("clip", (1, 8, 5, 4, 6))
    for name, outputs in [("residual", 8), ("residual.shortcut", 12)]:
        layer = set_weights(wan_vae.WanResidualBlock(8, outputs))
        out[name], out[f"{name}.parts"] = layer(clip), in_parts(layer, clip, 1, 2)
    out["attention"] = set_weights(wan_vae.WanAttentionBlock(8))(clip)
    out["middle"] = set_weights(wan_vae.WanMidBlock(8))(clip)
    for mode in ["upsample2d", "upsample3d", "downsample2d", "downsample3d"]:
        layer = set_weights(wan_vae.WanResample(8, mode, upsample_out_dim=4))
        out[mode] = in_parts(layer, clip, 1, 1 if mode.startswith("up") else 2)
    for time, space in [(1, 1), (1, 2), (2, 2)]:
        name = f"average.{time}.{space}"
        average = wan_vae.AvgDown3D(8, 8 * space, factor_t=time, factor_s=space)
        out[name] = torch.cat([average(part) for part in [clip[:, :, :1], clip[:, :, 1:3], clip[:, :, 3:]]], dim=2)
    for time in [1, 2]:
        duplicate = wan_vae.DupUp3D(8, 4, factor_t=time, factor_s=2)
        out[f"duplicate.{time}"] = duplicate(clip, first_chunk=True)
    save("blocks", {name: every(7, value) for name, value in out.items()})


class MemBlock(torch.nn.Module):
    """A frame beside the one before; the first stands beside nothing."""

    def __init__(self, channels):
        super().__init__()
        layers = [torch.nn.Conv2d(inputs * channels, channels, 3, padding=1) for inputs in (2, 1, 1)]
        relu = torch.nn.ReLU
        self.conv = torch.nn.Sequential(layers[0], relu(), layers[1], relu(), layers[2])

    def forward(self, x):
        before = torch.cat([torch.zeros_like(x[:1]), x[:-1]])
        return torch.relu(x + self.conv(torch.cat([x, before], dim=1)))


class Grow(torch.nn.Module):
    """Frames in each frame's place, of as many as there are weights for the last."""

    def __init__(self, channels, grown, frames):
        super().__init__()
        self.conv = torch.nn.Conv2d(channels, grown * channels, 1, bias=False)
        self.frames = frames

    def forward(self, x):
        channels = x.shape[1]
        made = self.conv(x)[:, -self.frames * channels :]
        return torch.cat([torch.stack(frame.split(channels)) for frame in made])


def preview_decoder():
    """The decoder of TAEHV (https://github.com/madebyollin/taehv, commit 1f14a56), before its clamp."""
    widths, strides, out = (256, 128, 64, 64), (1, 2, 2), {}
    for case in CASES["preview_decoder"]:
        layers = [torch.nn.Identity(), torch.nn.Conv2d(case["z_dim"], widths[0], 3, padding=1), torch.nn.ReLU()]
        for stage, (width, stride, grown) in enumerate(zip(widths, strides, case["grown"])):
            layers += [MemBlock(width), MemBlock(width), MemBlock(width), torch.nn.Upsample(scale_factor=2)]
            layers += [Grow(width, grown, stride)]
            layers += [torch.nn.Conv2d(width, widths[stage + 1], 3, padding=1, bias=False)]
        layers += [torch.nn.ReLU(), torch.nn.Conv2d(widths[3], 3 * case["patch_size"] ** 2, 3, padding=1)]
        model = torch.nn.Module()
        model.decoder = torch.nn.Sequential(*layers)
        set_weights(model)
        shape = (1, case["z_dim"], case["frames"], case["height"], case["width"])
        latents = fill("latents", shape, 2.0)[0].transpose(0, 1)
        pixels = model.decoder(3 * torch.tanh(latents / 3))
        pixels = torch.nn.functional.pixel_shuffle(pixels, case["patch_size"])[3:]
        out[case["name"]] = every(29, pixels.transpose(0, 1))
    save("preview_decoder", out)


def transformer():
    for case in CASES["transformer"]:
        config = case["config"]
        kind = WanVACETransformer3DModel if "vace_layers" in config else WanTransformer3DModel
        model = set_weights(kind(**config))
        batch, grid = case["batch"], (case["frames"], case["height"], case["width"])
        latents = fill("latents", (batch, config["in_channels"], *grid))
        text = fill("text", (batch, case["text_length"], config["text_dim"]))
        timestep = torch.tensor(case["timesteps"])
        if timestep.ndim == 2:
            # Of each latent frame: all its tokens.
            timestep = timestep.repeat_interleave(grid[1] // 2 * grid[2] // 2, dim=1)
        control = {}
        if "vace_layers" in config:
            control = {"control_hidden_states": fill("control", (batch, config["vace_in_channels"], *grid))}
        out = {"velocity": model(latents, timestep, text, **control).sample}
        cos, sin = model.rope(latents)
        out["rope.cos"], out["rope.sin"] = cos[0, :, 0, 0::2], sin[0, :, 0, 0::2]
        save(f"transformer_{case['name']}", out)


def tables():
    """Ring 1: rotary and time embeddings at the sizes of published models."""
    out = {}
    for dim in CASES["tables"]["head_dims"]:
        rope = WanRotaryPosEmbed(dim, (1, 2, 2), 1024)
        cos, sin = rope.freqs_cos[:, 0::2], rope.freqs_sin[:, 0::2]
        rows = CASES["tables"]["positions"]
        out[f"rope.{dim}.cos"], out[f"rope.{dim}.sin"] = cos[rows], sin[rows]
    timesteps = torch.tensor(CASES["tables"]["timesteps"])
    for channels in CASES["tables"]["freq_dims"]:
        out[f"timestep.{channels}"] = Timesteps(channels, flip_sin_to_cos=True, downscale_freq_shift=0)(timesteps)
    save("tables", out)


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
    config, shift = case.get("config", {}), case["shift"]
    flow = dict(prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=shift)
    match case["scheduler"]:
        case "unipc":
            return UniPCMultistepScheduler(**flow, **config)
        case "dpmsolver_multistep":
            return DPMSolverMultistepScheduler(**flow, **config)
        case "flow_match_euler":
            return FlowMatchEulerDiscreteScheduler(shift=shift)


def scheduler():
    out = {}
    for index, case in enumerate(CASES["scheduler"]):
        steps = make_scheduler(case)
        steps.set_timesteps(case["steps"])
        out[f"{index}.timesteps"] = steps.timesteps.float()
        out[f"{index}.sigmas"] = steps.sigmas
        # diffusers computes the solvers' coefficients in the precision of its sigmas; in f32
        # those of the third order lose half their digits to cancellation.
        steps.sigmas = steps.sigmas.double()
        sample = fill("sample", (1, 2, 2, 2, 2))
        samples = []
        for step, timestep in enumerate(steps.timesteps):
            velocity = fill(f"velocity.{step}", sample.shape) + 0.25 * sample
            sample = steps.step(velocity, timestep, sample).prev_sample
            samples.append(sample)
        out[f"{index}.samples"] = torch.stack(samples)
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


def make_pipeline(model, case, tokenizer, text_encoder):
    """The pipeline diffusers has for the model, and what else to tell it."""
    named = lambda kind, name: next(case["config"] for case in CASES[kind] if case["name"] == name)
    kind = WanVACETransformer3DModel if "vace" in model["transformer"] else WanTransformer3DModel
    parts = dict(
        tokenizer=tokenizer,
        text_encoder=text_encoder,
        vae=set_weights(AutoencoderKLWan(**named("vae", model["vae"]))),
        scheduler=make_scheduler(case),
        transformer=set_weights(kind(**named("transformer", model["transformer"]))),
    )
    if "boundary_ratio" in model:
        parts["transformer_2"] = set_weights(kind(**named("transformer", model["transformer"])), "transformer_2.")
        parts["boundary_ratio"] = model["boundary_ratio"]
    if kind is WanVACETransformer3DModel:
        return WanVACEPipeline(**parts)
    if "expand_timesteps" in model:
        parts["expand_timesteps"] = model["expand_timesteps"]
        if case["kept"]:
            return WanImageToVideoPipeline(**parts)
    return WanPipeline(**parts)


def pipeline():
    tokenizer = make_tokenizer()
    text_encoder = set_weights(UMT5EncoderModel(UMT5Config(**CASES["text_encoder"]["config"])))
    out = {}
    for case in CASES["pipeline"]["cases"]:
        pipe = make_pipeline(CASES["pipeline"]["models"][case["model"]], case, tokenizer, text_encoder)
        pipe.set_progress_bar_config(disable=True)
        width, height, frames = case["width"], case["height"], case["frames"]
        references = [picture(f"reference.{index}", *size) for index, size in enumerate(case["references"])]
        given = {"num_frames": frames}
        if references:
            # diffusers turns their order round; the reference code of VACE keeps it.
            given["reference_images"] = references[::-1]
        if isinstance(pipe, WanImageToVideoPipeline):
            given["image"] = picture("frame.0", width, height)
        elif case["kept"] or case.get("inpaint") or case.get("control"):
            whole = range(frames) if case.get("inpaint") else case["kept"]
            video = torch.full((1, frames, 3, height, width), 0.5)
            mask = torch.ones_like(video)
            for frame in range(frames if case.get("control") else 0):
                grey = torch.from_numpy(np.array(picture(f"control.{frame}", width, height))[..., 0])
                video[0, frame] = grey.float() / 255.0
            for frame in whole:
                pixels = torch.from_numpy(np.array(picture(f"frame.{frame}", width, height)))
                video[0, frame] = pixels.float().permute(2, 0, 1) / 255.0
                mask[0, frame] = 0.0
                if case.get("inpaint"):
                    grey = torch.from_numpy(np.array(picture(f"mask.{frame}", width, height))[..., 0])
                    mask[0, frame] = grey.float() / 255.0
            given.update(video=video, mask=mask)
        z, factor = pipe.vae.config.z_dim, pipe.vae.config.scale_factor_spatial
        noise = fill("noise", (1, z, (frames + 3) // 4 + len(references), height // factor, width // factor), 1.7)
        for name in ("guidance_scale_2", "conditioning_scale"):
            if name in case:
                given[name] = case[name]
        call = dict(
            prompt=case["prompt"],
            negative_prompt=case["negative_prompt"],
            width=width,
            height=height,
            num_inference_steps=case["steps"],
            guidance_scale=case["guidance_scale"],
            latents=noise,
            max_sequence_length=CASES["pipeline"]["text_length"],
            **given,
        )
        latents = pipe(**call, output_type="latent").frames[:, :, len(references) :]
        mean, std = (torch.tensor(pipe.vae.config[key]).view(1, z, 1, 1, 1) for key in ("latents_mean", "latents_std"))
        pixels = pipe.vae.decode(latents * std + mean).sample
        assert_unclamped(pixels)
        # The pipeline's own picture of them is the same, from 0 to 1.
        frames = pipe(**call, output_type="pt").frames[0].permute(1, 0, 2, 3)
        assert (frames * 2 - 1 - pixels[0]).abs().max() < 1e-5
        out[case["name"]] = latents
        out[case["name"] + ".pixels"] = every(17, pixels)
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
    tables()
    blocks()
    vae()
    preview_decoder()
    transformer()
    text_encoder()
    scheduler()
    pipeline()
    published()
    versions = [f"{name}=={importlib.metadata.version(name)}" for name in ("torch", "diffusers", "transformers")]
    (HERE / "MANIFEST").write_text("\n".join(versions) + "\n")
