"""The diffusers side of `make bench-networks`.

    python benches/networks.py serve
        Orders, one JSON object a line, from standard input; an answer to each.
    python benches/networks.py clip MODEL KIND PROMPT FRAMES
        A clip from nothing, as a script of its own would make it.
    python benches/networks.py random CLASS CONFIG FOLDER
        A network of random bf16 weights, in the diffusers layout.
"""

import json
import sys
import time
from pathlib import Path

KINDS = {"f32": "float32", "bf16": "bfloat16"}


def transformer(order, torch):
    from diffusers import WanTransformer3DModel, WanVACETransformer3DModel
    from safetensors.torch import load_file

    folder = Path(order["folder"]) / "transformer"
    config = json.loads((folder / "config.json").read_text())
    kind = WanVACETransformer3DModel if config.get("vace_layers") else WanTransformer3DModel
    start = time.perf_counter()
    network = kind.from_pretrained(folder, dtype=getattr(torch, KINDS[order["kind"]]))
    network = network.to(order["device"])
    seconds = time.perf_counter() - start
    given = load_file(order["inputs"], device=order["device"])
    control = {"control_hidden_states": given["control"]} if "control" in given else {}
    inputs = (given["latents"], given["timestep"], given["text"])
    return seconds, lambda: network(*inputs, **control, return_dict=False)[0]


def vae(order, torch):
    from diffusers import AutoencoderKLWan
    from safetensors.torch import load_file

    start = time.perf_counter()
    kind = getattr(torch, KINDS[order["kind"]])
    network = AutoencoderKLWan.from_pretrained(Path(order["folder"]) / "vae", dtype=kind)
    network = network.to(order["device"])
    seconds = time.perf_counter() - start
    given = load_file(order["inputs"], device=order["device"])
    if order["open"] == "encode":
        return seconds, lambda: network.encode(given["pixels"]).latent_dist.mode()
    return seconds, lambda: network.decode(given["latents"], return_dict=False)[0]


def serve():
    import diffusers
    import torch
    from safetensors.torch import save_file

    torch.set_grad_enabled(False)
    answer({"torch": torch.__version__, "diffusers": diffusers.__version__})
    run = None

    def finish():
        if torch.cuda.is_initialized():
            torch.cuda.synchronize()

    for line in sys.stdin:
        order = json.loads(line)
        if "close" in order:
            run = None
            if torch.cuda.is_initialized():
                torch.cuda.empty_cache()
            answer({"seconds": 0.0})
        elif "open" in order:
            torch.set_num_threads(order["threads"])
            seconds, run = (transformer if order["open"] == "transformer" else vae)(order, torch)
            save_file({"output": run().float().contiguous()}, order["output"])
            answer({"seconds": seconds})
        else:
            start = time.perf_counter()
            run()
            finish()
            answer({"seconds": time.perf_counter() - start})


def answer(value):
    print(json.dumps(value), flush=True)


def clip(model, kind, prompt, frames):
    import torch
    from diffusers import WanVACEPipeline

    settings = json.loads((Path(model) / "photoplay.json").read_text())
    # The autoencoder in f32, as diffusers' own example has it.
    kinds = {"vae": torch.float32, "default": getattr(torch, KINDS[kind])}
    pipe = WanVACEPipeline.from_pretrained(model, dtype=kinds)
    pipe.set_progress_bar_config(disable=True)
    made = pipe(
        prompt=prompt,
        negative_prompt=settings["negative_prompt"],
        width=settings["width"],
        height=settings["height"],
        num_frames=int(frames),
        num_inference_steps=settings["steps"],
        guidance_scale=settings["guidance_scale"],
        max_sequence_length=settings["text_length"],
        generator=torch.Generator().manual_seed(1),
        output_type="np",
    ).frames[0]
    assert len(made) == int(frames)


def random(name, config, folder):
    import diffusers
    import torch

    torch.set_default_dtype(torch.bfloat16)
    torch.set_default_device("cuda" if torch.cuda.is_available() else "cpu")
    network = getattr(diffusers, name)(**json.loads(config))
    network.save_pretrained(folder, max_shard_size="100GB")


if __name__ == "__main__":
    {"serve": serve, "clip": clip, "random": random}[sys.argv[1]](*sys.argv[2:])
