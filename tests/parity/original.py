"""The names that published checkpoints have in their authors' own code, and what
diffusers calls the same tensors, for `tests/checkpoints`.

    git clone https://github.com/Wan-Video/Wan2.1 && git -C Wan2.1 checkout 9737cba9
    git clone https://github.com/Wan-Video/Wan2.2 && git -C Wan2.2 checkout 42bf4cfa
    pip install torch==2.11.0 diffusers==0.42.1 transformers==5.23.0 einops
    python tests/parity/original.py Wan2.1 Wan2.2

Networks are made of `meta` tensors, so nothing is downloaded. The names in
diffusers are those that its own converters give; where it has none (Wan 2.2's
autoencoder, the text encoder) both implementations, small and with the same
weights, must compute the same.
"""

import importlib
import json
import re
import sys
import types
from pathlib import Path

import torch
from diffusers import AutoencoderKLWan
from diffusers.loaders.single_file_utils import (
    convert_wan_transformer_to_diffusers,
    convert_wan_vae_to_diffusers,
)
from transformers import UMT5Config, UMT5EncoderModel

HERE = Path(__file__).parent
# A default argument in the text encoder's module asks for one.
torch.cuda.current_device = lambda: "cpu"
PUBLISHED = {case["name"]: case for case in json.loads((HERE / "cases.json").read_text())["published"]}
MORE = {
    "Wan2.1-T2V-14B transformer": ("Wan2.1-VACE-14B transformer", {"vace_layers": [], "vace_in_channels": 0}),
    "Wan2.2-TI2V-5B transformer": (
        "Wan2.1-T2V-1.3B transformer",
        {"num_attention_heads": 24, "in_channels": 48, "out_channels": 48, "ffn_dim": 14336},
    ),
}


def module(checkout, name):
    """A module of a checkout without what its package would import."""
    for package in ("wan", "wan.modules"):
        sys.modules[package] = types.ModuleType(package)
        sys.modules[package].__path__ = [str(Path(checkout, *package.split(".")))]
    # The text encoder's module asks for a tokenizer that makes no tensors.
    sys.modules["wan.modules.tokenizers"] = types.ModuleType("wan.modules.tokenizers")
    sys.modules["wan.modules.tokenizers"].HuggingfaceTokenizer = None
    for loaded in [loaded for loaded in sys.modules if loaded == f"wan.modules.{name}"]:
        del sys.modules[loaded]
    return importlib.import_module(f"wan.modules.{name}")


def transformer(wan, config):
    vace = config.get("vace_layers")
    cls = module(wan, "vace_model").VaceWanModel if vace else module(wan, "model").WanModel
    own = {"vace_layers": vace, "vace_in_dim": config["vace_in_channels"]} if vace else {"model_type": "t2v"}
    model = cls(
        **own,
        dim=config["num_attention_heads"] * config["attention_head_dim"],
        ffn_dim=config["ffn_dim"],
        num_heads=config["num_attention_heads"],
        num_layers=config["num_layers"],
        in_dim=config["in_channels"],
        out_dim=config["out_channels"],
    )
    return model, convert_wan_transformer_to_diffusers


def vae(wan, config):
    name = "vae2_2" if config.get("is_residual") else "vae"
    own = {"dec_dim": config["decoder_base_dim"]} if config.get("is_residual") else {}
    model = module(wan, name).WanVAE_(
        dim=config["base_dim"],
        z_dim=config["z_dim"],
        dim_mult=config["dim_mult"],
        num_res_blocks=config["num_res_blocks"],
        attn_scales=[],
        temperal_downsample=config["temperal_downsample"],
        **own,
    )
    return model, vae22 if config.get("is_residual") else convert_wan_vae_to_diffusers


def text_encoder(wan, config):
    model = module(wan, "t5").T5Encoder(
        vocab=config["vocab_size"],
        dim=config["d_model"],
        dim_attn=config["num_heads"] * config["d_kv"],
        dim_ffn=config["d_ff"],
        num_heads=config["num_heads"],
        num_layers=config["num_layers"],
        num_buckets=config["relative_attention_num_buckets"],
        shared_pos=False,
    )
    return model, t5


def t5(state):
    """By the meaning of each tensor in both modules."""
    renamed = {}
    for name, value in state.items():
        name = name.replace("token_embedding", "shared")
        name = re.sub(r"^norm\.", "encoder.final_layer_norm.", name)
        name = re.sub(r"^blocks\.(\d+)\.", r"encoder.block.\1.", name)
        name = name.replace(".norm1.", ".layer.0.layer_norm.").replace(".norm2.", ".layer.1.layer_norm.")
        name = re.sub(r"\.attn\.([qkvo])\.", r".layer.0.SelfAttention.\1.", name)
        name = name.replace(".pos_embedding.embedding.", ".layer.0.SelfAttention.relative_attention_bias.")
        for theirs, ours in (("gate.0", "wi_0"), ("fc1", "wi_1"), ("fc2", "wo")):
            name = name.replace(f".ffn.{theirs}.", f".layer.1.DenseReluDense.{ours}.")
        renamed[name] = value
    return renamed


def vae22(state):
    """By the meaning of each tensor in both modules."""
    inside = {"residual.0": "norm1", "residual.2": "conv1", "residual.3": "norm2", "residual.6": "conv2", "shortcut": "conv_shortcut"}
    places = [
        (r"^conv1\.", "quant_conv."),
        (r"^conv2\.", "post_quant_conv."),
        (r"coder\.conv1\.", "coder.conv_in."),
        (r"\.head\.0\.", ".norm_out."),
        (r"\.head\.2\.", ".conv_out."),
        (r"\.middle\.0\.", ".mid_block.resnets.0."),
        (r"\.middle\.1\.", ".mid_block.attentions.0."),
        (r"\.middle\.2\.", ".mid_block.resnets.1."),
        (r"\.downsamples\.(\d+)\.downsamples\.(\d+)\.(resample|time_conv)", r".down_blocks.\1.downsampler.\3"),
        (r"\.upsamples\.(\d+)\.upsamples\.(\d+)\.(resample|time_conv)", r".up_blocks.\1.upsampler.\3"),
        (r"\.downsamples\.(\d+)\.downsamples\.", r".down_blocks.\1.resnets."),
        (r"\.upsamples\.(\d+)\.upsamples\.", r".up_blocks.\1.resnets."),
    ]
    renamed = {}
    for name, value in state.items():
        for theirs, ours in inside.items():
            name = name.replace(f".{theirs}.", f".{ours}.")
        for theirs, ours in places:
            name = re.sub(theirs, ours, name)
        renamed[name] = value
    return renamed


@torch.no_grad()
def same_autoencoder(wan):
    torch.manual_seed(0)
    config = {**PUBLISHED["Wan2.2 VAE"]["config"], "base_dim": 8, "decoder_base_dim": 12, "z_dim": 4}
    config["latents_mean"], config["latents_std"] = [0.0] * 4, [1.0] * 4
    theirs, convert = vae(wan, config)
    ours = AutoencoderKLWan(**config)
    ours.load_state_dict(convert(theirs.state_dict()))
    clip = torch.rand(1, 3, 9, 64, 64) * 2 - 1
    mean = theirs.encode(clip, [0.0, 1.0])
    assert torch.allclose(ours.encode(clip).latent_dist.mean, mean, atol=1e-5)
    decoded = theirs.decode(mean, [0.0, 1.0]).clamp(-1, 1)
    assert torch.allclose(ours.decode(mean).sample, decoded, atol=1e-5)


@torch.no_grad()
def same_text_encoder(wan):
    torch.manual_seed(0)
    config = {**PUBLISHED["umt5-xxl encoder"]["config"], "vocab_size": 32, "d_model": 16, "d_kv": 4, "d_ff": 24}
    config.update(num_layers=2, num_heads=4)
    theirs, convert = text_encoder(wan, config)
    ours = UMT5EncoderModel(UMT5Config(**config))
    ours.load_state_dict(convert(theirs.state_dict()), strict=False)
    theirs.eval(), ours.eval()
    tokens, mask = torch.arange(12).reshape(1, 12), torch.ones(1, 12, dtype=torch.long)
    assert torch.allclose(ours(tokens, mask).last_hidden_state, theirs(tokens, mask), atol=1e-5)


def rows(model, convert):
    """`original -> diffusers [shape]`, with `{first..last}` for numbers of blocks."""
    parameters = dict(model.named_parameters())
    for index, (name, parameter) in enumerate(parameters.items()):
        parameter.position = index
    names = list(parameters)
    found = {}
    for theirs, tensor in convert(dict(parameters)).items():
        assert names[tensor.position] not in found, names[tensor.position]
        found[names[tensor.position]] = (theirs, list(tensor.shape))
    assert len(found) == len(names), set(names) - set(found)
    merged = {}
    for name in names:
        theirs, shape = found[name]
        # Numbers of blocks stay as they are; those of stages of an autoencoder do not.
        block = re.match(r"((?:vace_)?blocks)\.(\d+)\.", name)
        number = int(block.group(2)) if block else None
        star = lambda text: text if number is None else text.replace(f".{number}.", ".*.", 1)
        merged.setdefault((star(name), star(theirs), str(shape)), []).append(number)
    for (name, theirs, shape), numbers in merged.items():
        if numbers[0] is not None:
            assert numbers == list(range(numbers[0], numbers[-1] + 1)), name
            name = name.replace("*", f"{{{numbers[0]}..{numbers[-1]}}}", 1)
        yield f"{name} -> {theirs} {shape}"


def main(wan21, wan22):
    same_autoencoder(wan22)
    same_text_encoder(wan21)
    out = []
    cases = dict(PUBLISHED)
    for name, (base, changes) in MORE.items():
        if name not in cases:
            cases[name] = {"name": name, "kind": "transformer", "config": {**PUBLISHED[base]["config"], **changes}}
    for name, case in cases.items():
        make = {"transformer": transformer, "vae": vae, "text_encoder": text_encoder}[case["kind"]]
        checkout = wan22 if case["config"].get("is_residual") else wan21
        with torch.device("meta"):
            model, convert = make(checkout, case["config"])
        out.append({"name": name, "kind": case["kind"], "config": case["config"], "tensors": list(rows(model, convert))})
    (HERE / "original.json").write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
