"""Trains the small decoder of this folder on one text and writes everything the rest of the project reads:
config.json, tokenizer.json, tokenizer_config.json, model.safetensors, heldout.txt, train-log.csv and training.json.

It knows PyTorch (2.9 or newer, for torch.optim.Muon) and nothing of the project around it.

    python models/tiny/train.py TEXT                trains, or goes on from the last checkpoint
    python models/tiny/train.py TEXT --minutes 30   stops after half an hour and writes the best weights so far
"""

import argparse
import csv
import hashlib
import json
import math
import struct
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HERE = Path(__file__).resolve().parent


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path, help="the whole text; its last tenth is held out")
    parser.add_argument("--out", type=Path, default=HERE, help="where the files are written")
    parser.add_argument("--checkpoints", type=Path, default=HERE / ".checkpoints", help="where a run is resumed from")
    shape = parser.add_argument_group("shape")
    shape.add_argument("--layers", type=int, default=6)
    shape.add_argument("--hidden", type=int, default=192)
    shape.add_argument("--intermediate", type=int, default=512)
    shape.add_argument("--heads", type=int, default=6)
    shape.add_argument("--kv-heads", type=int, default=2)
    shape.add_argument("--head-dim", type=int, default=32)
    shape.add_argument("--context", type=int, default=256)
    course = parser.add_argument_group("course")
    course.add_argument("--steps", type=int, default=1750)
    course.add_argument("--batch", type=int, default=32, help="windows a step")
    course.add_argument("--lr", type=float, default=3e-3, help="peak, of matrices (Muon) and of the rest (AdamW)")
    course.add_argument("--warmup", type=int, default=100, help="steps of linear warm-up")
    course.add_argument("--decay", type=float, default=0.57, help="share of the steps in which the rate falls to zero")
    course.add_argument("--weight-decay", type=float, default=0.1)
    course.add_argument("--dropout", type=float, default=0.1)
    course.add_argument("--seed", type=int, default=1)
    course.add_argument("--evaluate-every", type=int, default=250)
    course.add_argument("--minutes", type=float, default=math.inf, help="stop after this long, resumable")
    course.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    course.add_argument("--threads", type=int, default=0, help="CPU threads; 0 leaves PyTorch's choice")
    course.add_argument("--no-compile", dest="compile", action="store_false", help="run without torch.compile")
    return parser.parse_args()


# --- Tokenizer ---------------------------------------------------------------------------------------------------


def tokenizer_json() -> dict:
    """Bytes as tokens, in the form of Hugging Face's tokenizer.json: GPT-2's byte-level BPE without any merge.

    A byte's token is spelled as itself where that is visible, else as the next character from U+0100 on; its id is
    its value.
    """
    visible = {*range(33, 127), *range(161, 173), *range(174, 256)}
    spare = iter(range(256, 512))
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": byte_level,
        "post_processor": None,
        "decoder": byte_level,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": {chr(byte if byte in visible else next(spare)): byte for byte in range(256)},
            "merges": [],
        },
    }


def tokenizer_config_json(context: int) -> dict:
    """Without the last entry readers of this format drop the space in " 'tis" when they put text together again."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": context,
        "clean_up_tokenization_spaces": False,
    }


# --- Model: Llama, under Hugging Face's parameter names ------------------------------------------------------------


def hugging_face_config(options: argparse.Namespace) -> dict:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": 256,
        "hidden_size": options.hidden,
        "intermediate_size": options.intermediate,
        "num_hidden_layers": options.layers,
        "num_attention_heads": options.heads,
        "num_key_value_heads": options.kv_heads,
        "head_dim": options.head_dim,
        "max_position_embeddings": options.context,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0,
        "rope_scaling": None,
        "hidden_act": "silu",
        "attention_bias": False,
        "attention_dropout": 0.0,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "initializer_range": 0.02,
        "bos_token_id": None,
        "eos_token_id": None,
        "torch_dtype": "float32",
    }


class Norm(nn.Module):
    def __init__(self, width: int, epsilon: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x.float(), (x.shape[-1],), self.weight, self.epsilon)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1).to(x.dtype)


class Attention(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        self.head_dim = config["head_dim"]
        query = config["num_attention_heads"] * self.head_dim
        shared = config["num_key_value_heads"] * self.head_dim
        self.q_proj = nn.Linear(config["hidden_size"], query, bias=False)
        self.k_proj = nn.Linear(config["hidden_size"], shared, bias=False)
        self.v_proj = nn.Linear(config["hidden_size"], shared, bias=False)
        self.o_proj = nn.Linear(query, config["hidden_size"], bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        q, k, v = (
            project(x).unflatten(-1, (-1, self.head_dim)).transpose(1, 2)
            for project in (self.q_proj, self.k_proj, self.v_proj)
        )
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return self.o_proj(mixed.transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        self.gate_proj = nn.Linear(config["hidden_size"], config["intermediate_size"], bias=False)
        self.up_proj = nn.Linear(config["hidden_size"], config["intermediate_size"], bias=False)
        self.down_proj = nn.Linear(config["intermediate_size"], config["hidden_size"], bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        self.input_layernorm = Norm(config["hidden_size"], config["rms_norm_eps"])
        self.self_attn = Attention(config)
        self.post_attention_layernorm = Norm(config["hidden_size"], config["rms_norm_eps"])
        self.mlp = FeedForward(config)


class Decoder(nn.Module):
    def __init__(self, config: dict, dropout: float):
        super().__init__()
        self.dropout = dropout
        self.embed_tokens = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList(Layer(config) for _ in range(config["num_hidden_layers"]))
        self.norm = Norm(config["hidden_size"], config["rms_norm_eps"])
        half = config["head_dim"] // 2
        frequencies = config["rope_theta"] ** (-torch.arange(half, dtype=torch.float64) / half)
        angles = torch.outer(torch.arange(config["max_position_embeddings"], dtype=torch.float64), frequencies)
        self.register_buffer("cos", angles.cos().float(), persistent=False)
        self.register_buffer("sin", angles.sin().float(), persistent=False)
        self.initialise(config["initializer_range"])

    def initialise(self, deviation: float) -> None:
        """Normal weights; those into the residual stream smaller, so that all 2 × layers of them add up to one."""
        shared = deviation / math.sqrt(2 * len(self.layers))
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                into_residual = name.endswith(("o_proj.weight", "down_proj.weight"))
                nn.init.normal_(parameter, std=shared if into_residual else deviation)

    def drop(self, x: Tensor) -> Tensor:
        """Drops whole channels of a window (one mask for all its positions): cheaper to draw than a mask an element."""
        if not self.training or self.dropout == 0:
            return x
        kept = torch.rand(x.shape[0], 1, x.shape[2], device=x.device) >= self.dropout
        return x * (kept / (1 - self.dropout))

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits [windows, positions, vocab] of token ids [windows, positions]."""
        cos, sin = self.cos[: tokens.shape[1]], self.sin[: tokens.shape[1]]
        x = self.drop(self.embed_tokens(tokens))
        for layer in self.layers:
            x = x + self.drop(layer.self_attn(layer.input_layernorm(x), cos, sin))
            x = x + self.drop(layer.mlp(layer.post_attention_layernorm(x)))
        return F.linear(self.norm(x), self.embed_tokens.weight)


# --- Loss on a whole text ----------------------------------------------------------------------------------------

EVALUATION_WINDOWS = 32


def windows_of(targets: int, context: int, stride: int) -> list[tuple[int, int]]:
    """(first counted target, end) of each window; targets are numbered from 0 and each is counted once.

    A window ends at `end` and sees up to `context` tokens before it, so that with a stride below the context every
    target but those of the first window has at least context - stride tokens before it.
    """
    found = [(0, min(context, targets))]
    while found[-1][1] < targets:
        counted = found[-1][1]
        found.append((counted, min(counted + stride, targets)))
    return found


@torch.no_grad()
def loss_of(forward: Callable[[Tensor], Tensor], ids: Tensor, context: int, stride: int) -> float:
    """Mean loss over every token of a text but its first, in nats per token (here: per character).

    `stride` = `context` is the plain protocol: windows that do not overlap, the first target of each seeing one token.
    """
    targets = len(ids) - 1
    padded = torch.cat((ids, ids.new_zeros(context)))
    found = windows_of(targets, context, stride)
    total = 0.0
    for at in range(0, len(found), EVALUATION_WINDOWS):
        group = found[at : at + EVALUATION_WINDOWS]
        starts = [counted if stride == context else max(0, end - context) for counted, end in group]
        # Filled up to a constant number of windows, so that a compiled model meets one shape only.
        filled = torch.tensor(starts + [0] * (EVALUATION_WINDOWS - len(group)), device=ids.device)
        index = filled[:, None] + torch.arange(context, device=ids.device)
        losses = F.cross_entropy(forward(padded[index]).float().transpose(1, 2), padded[index + 1], reduction="none")
        for row, start, (counted, end) in zip(losses.double(), starts, group):
            total += row[counted - start : end - start].sum().item()
    return total / targets


# --- Files -------------------------------------------------------------------------------------------------------


def write_safetensors(path: Path, tensors: dict[str, Tensor]) -> None:
    """Header length (u64), JSON header padded to 8 bytes, then the f32 data, as the safetensors format has it."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    offset = 0
    for name, tensor in tensors.items():
        size = tensor.numel() * 4
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.detach().float().cpu().contiguous().numpy().astype("<f4").tobytes())


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_log(path: Path, rows: list[dict]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


# --- Training ----------------------------------------------------------------------------------------------------


class Run:
    """One training run: what it is made of, and what a checkpoint must hold to go on from it."""

    def __init__(self, options: argparse.Namespace):
        self.options = options
        if options.threads:
            torch.set_num_threads(options.threads)
        torch.manual_seed(options.seed)
        self.text = options.text.read_bytes()
        split = len(self.text) - len(self.text) // 10
        self.held_text = self.text[split:]
        self.train_ids = torch.tensor(list(self.text[:split]), device=options.device)
        self.held_ids = torch.tensor(list(self.held_text), device=options.device)
        self.config = hugging_face_config(options)
        self.model = Decoder(self.config, options.dropout).to(options.device)
        self.compiled = torch.compile(self.model) if options.compile else self.model
        self.optimizers = self.make_optimizers()
        self.step, self.seconds = 0, 0.0
        self.log: list[dict] = []
        self.best: dict = {"heldout_loss": math.inf, "step": 0, "weights": {}}

    def make_optimizers(self) -> list[torch.optim.Optimizer]:
        """Muon for the matrices of the layers, AdamW for the embedding and the norms."""
        options = self.options
        matrices = [p for p in self.model.layers.parameters() if p.ndim == 2]
        norms = [p for p in self.model.parameters() if p.ndim == 1]
        rest = [
            {"params": [self.model.embed_tokens.weight], "weight_decay": options.weight_decay},
            {"params": norms, "weight_decay": 0.0},
        ]
        # match_rms_adamw scales Muon's updates to the size of AdamW's, so that one rate serves both
        # (Liu et al. 2025, Muon is Scalable for LLM Training, section 2.2).
        muon = torch.optim.Muon(
            matrices, lr=options.lr, weight_decay=options.weight_decay, adjust_lr_fn="match_rms_adamw"
        )
        return [muon, torch.optim.AdamW(rest, lr=options.lr, betas=(0.9, 0.98))]

    def rate(self) -> float:
        """Linear warm-up, constant, then linear to zero. The constant part does not depend on --steps, so a run
        resumed there may still be made longer or shorter and equals one started with the final number."""
        options = self.options
        falling = (options.steps - self.step) / max(1, round(options.decay * options.steps))
        return options.lr * min(1.0, (self.step + 1) / options.warmup, falling)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits by bf16 products: CPUs with AMX or AVX512-BF16 and GPUs do them several times as fast as f32."""
        with torch.autocast(torch.device(self.options.device).type, torch.bfloat16):
            return self.compiled(tokens)

    def train_step(self) -> float:
        """One optimizer step; returns its loss in nats per character."""
        options = self.options
        # Seeded by the step alone: a resumed run draws the same windows and masks as one never stopped.
        torch.manual_seed(options.seed * 1_000_003 + self.step)
        starts = torch.randint(len(self.train_ids) - options.context, (options.batch, 1))
        index = (starts + torch.arange(options.context)).to(options.device)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = self.rate()
        logits = self.forward(self.train_ids[index])
        loss = F.cross_entropy(logits.float().flatten(0, 1), self.train_ids[index + 1].flatten())
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.step += 1
        return loss.item()

    def evaluate(self, train_loss: float) -> None:
        """Logs the held-out loss (bf16) and keeps the weights if it is the lowest yet."""
        self.model.eval()
        heldout = loss_of(self.forward, self.held_ids, self.options.context, self.options.context)
        self.model.train()
        row = {
            "step": self.step,
            "seconds": round(self.seconds),
            "learning_rate": f"{self.rate():.3g}",
            "train_loss": f"{train_loss:.4f}",
            "heldout_loss": f"{heldout:.4f}",
        }
        self.log.append(row)
        print(json.dumps(row), flush=True)
        if heldout < self.best["heldout_loss"]:
            weights = {name: value.detach().clone() for name, value in self.model.state_dict().items()}
            self.best = {"heldout_loss": heldout, "step": self.step, "weights": weights}

    def train(self) -> None:
        """Steps until --steps or --minutes, with a checkpoint at every evaluation."""
        options = self.options
        started, before = time.monotonic(), self.seconds
        since: list[float] = []
        stopped = self.step >= options.steps
        while not stopped:
            since.append(self.train_step())
            self.seconds = before + time.monotonic() - started
            stopped = self.step >= options.steps or self.seconds - before > 60 * options.minutes
            if stopped or self.step % options.evaluate_every == 0:
                self.evaluate(sum(since) / len(since))
                since.clear()
                self.save_checkpoint()

    def save_checkpoint(self) -> None:
        path = self.options.checkpoints / "last.pt"
        path.parent.mkdir(parents=True, exist_ok=True)
        state = {
            "weights": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            **{name: getattr(self, name) for name in ("step", "seconds", "log", "best")},
        }
        # Renamed into place: a run killed while writing leaves the checkpoint before it.
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").rename(path)

    def load_checkpoint(self) -> None:
        path = self.options.checkpoints / "last.pt"
        if not path.exists():
            return
        state = torch.load(path, map_location=self.options.device)
        self.model.load_state_dict(state["weights"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"]):
            optimizer.load_state_dict(saved)
        for name in ("step", "seconds", "log", "best"):
            setattr(self, name, state[name])

    def figures(self) -> dict:
        """training.json: the best weights' losses, measured anew in f32, and how they came about."""
        options = self.options
        context, sample = options.context, self.train_ids[: len(self.held_ids)]
        middle = self.held_ids[len(self.held_ids) // 2 :][: context + 1]
        self.model.eval()
        losses = {
            "heldoutLoss": loss_of(self.model, self.held_ids, context, context),
            "heldoutLossSliding": loss_of(self.model, self.held_ids, context, context // 2),
            "heldoutLossMiddleWindow": loss_of(self.model, middle, context, context),
            "trainLoss": loss_of(self.model, sample, context, context),
        }
        return {
            "unit": "nats per character",
            "protocol": {
                "heldoutLoss": f"f32; the whole held-out text in windows of {context} that do not overlap, "
                "each starting with an empty cache; every character but the text's first is predicted once",
                "heldoutLossSliding": f"the same with windows advancing by {context // 2}: "
                f"each character sees at least {context // 2} before it (but those of the first window)",
                "heldoutLossMiddleWindow": f"of {context} predicted characters alone, for quick checks: "
                "the window whose first token is at half the held-out text (rounded down)",
                "trainLoss": "as heldoutLoss, over the first characters of the training text, as many as are held out",
            },
            **{name: round(loss, 5) for name, loss in losses.items()},
            "parameters": sum(p.numel() for p in self.model.parameters()),
            "seed": options.seed,
            "steps": self.step,
            "bestStep": self.best["step"],
            "trainedTokens": self.step * options.batch * context,
            "textSha256": hashlib.sha256(self.text).hexdigest(),
            "trainCharacters": len(self.train_ids),
            "heldoutCharacters": len(self.held_ids),
            "wallSeconds": round(self.seconds),
            "device": f"{options.device}, {torch.get_num_threads()} threads",
            "torch": torch.__version__,
            "options": {
                name: value for name, value in vars(options).items() if isinstance(value, (int, float)) and value < 1e9
            },
        }

    def write(self) -> None:
        """Every file of the model, from the best weights."""
        out = self.options.out
        self.model.load_state_dict(self.best["weights"])
        weights = {f"model.{name}": value for name, value in self.best["weights"].items()}
        write_safetensors(out / "model.safetensors", weights)
        write_json(out / "config.json", self.config)
        write_json(out / "tokenizer.json", tokenizer_json())
        write_json(out / "tokenizer_config.json", tokenizer_config_json(self.options.context))
        write_json(out / "training.json", self.figures())
        write_log(out / "train-log.csv", self.log)
        (out / "heldout.txt").write_bytes(self.held_text)


def main() -> None:
    run = Run(parse_arguments())
    run.load_checkpoint()
    run.train()
    run.write()


if __name__ == "__main__":
    main()
