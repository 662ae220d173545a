"""Trains the small decoder of this folder on one text and writes everything the rest of the project reads:
config.json, tokenizer.json, model.safetensors, heldout.txt, train-log.csv and training.json.

It knows PyTorch (2.9 or newer, for torch.optim.Muon) and nothing of the project around it.

    python models/tiny/train.py TEXT            trains, or goes on from the last checkpoint
    python models/tiny/train.py TEXT --minutes-only 3   measures throughput and stops
"""

import argparse
import csv
import json
import math
import re
import struct
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HERE = Path(__file__).resolve().parent


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path, help="the whole text, ASCII; its last tenth is held out")
    parser.add_argument("--out", type=Path, default=HERE, help="where the files are written")
    parser.add_argument("--checkpoints", type=Path, default=HERE / ".checkpoints", help="where a run can be resumed from")
    shape = parser.add_argument_group("shape")
    shape.add_argument("--vocab", type=int, default=256, help="256 bytes, and one merge for each token above")
    shape.add_argument("--layers", type=int, default=6)
    shape.add_argument("--hidden", type=int, default=192)
    shape.add_argument("--intermediate", type=int, default=512)
    shape.add_argument("--heads", type=int, default=6)
    shape.add_argument("--kv-heads", type=int, default=2)
    shape.add_argument("--head-dim", type=int, default=32)
    shape.add_argument("--context", type=int, default=256)
    course = parser.add_argument_group("course")
    course.add_argument("--steps", type=int, default=4000)
    course.add_argument("--batch", type=int, default=32, help="windows a step")
    course.add_argument("--lr", type=float, default=3e-3, help="peak, of matrices (Muon) and of the rest (AdamW)")
    course.add_argument("--warmup", type=int, default=100, help="steps of linear warm-up")
    course.add_argument("--decay", type=float, default=0.6, help="share of the steps in which the rate falls to zero")
    course.add_argument("--weight-decay", type=float, default=0.1)
    course.add_argument("--dropout", type=float, default=0.1)
    course.add_argument("--seed", type=int, default=1)
    course.add_argument("--evaluate-every", type=int, default=250)
    course.add_argument("--minutes", type=float, default=math.inf, help="stop after this long, resumable")
    course.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    course.add_argument("--threads", type=int, default=0, help="CPU threads; 0 leaves PyTorch's choice")
    course.add_argument("--no-compile", dest="compile", action="store_false", help="run without torch.compile")
    return parser.parse_args()


# --- Tokenizer: byte-level BPE as GPT-2 defines it ---------------------------------------------------------------

# GPT-2's splitting pattern, its Unicode classes narrowed to ASCII because the text is ASCII.
WORDS = re.compile(r"'(?:s|t|re|ve|m|ll|d)| ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+(?!\S)|\s+")


def printable_bytes() -> list[str]:
    """The visible character that stands for each byte in tokenizer.json: itself, or the next one from U+0100 on."""
    visible = {*range(33, 127), *range(161, 173), *range(174, 256)}
    spare = iter(range(256, 512))
    return [chr(byte if byte in visible else next(spare)) for byte in range(256)]


def merge_pair(tokens: tuple[int, ...], pair: tuple[int, int], merged: int) -> tuple[int, ...]:
    out: list[int] = []
    for token in tokens:
        if out and (out[-1], token) == pair:
            out[-1] = merged
        else:
            out.append(token)
    return tuple(out)


class Tokenizer:
    """Token ids below 256 are the bytes themselves; each later one joins two earlier ones."""

    def __init__(self, text: str, vocab: int):
        words = Counter(WORDS.findall(text))
        pieces = {word: tuple(word.encode()) for word in words}
        self.merges: list[tuple[int, int]] = []
        for merged in range(256, vocab):
            pairs: Counter[tuple[int, int]] = Counter()
            for word, tokens in pieces.items():
                for pair in zip(tokens, tokens[1:]):
                    pairs[pair] += words[word]
            best = max(pairs, key=lambda pair: (pairs[pair], pair))
            self.merges.append(best)
            pieces = {word: merge_pair(tokens, best, merged) for word, tokens in pieces.items()}
        self.known = pieces

    def encode(self, text: str) -> Tensor:
        ids: list[int] = []
        for word in WORDS.findall(text):
            if word not in self.known:
                tokens = tuple(word.encode())
                for rank, pair in enumerate(self.merges):
                    tokens = merge_pair(tokens, pair, 256 + rank)
                self.known[word] = tokens
            ids.extend(self.known[word])
        return torch.tensor(ids)

    def to_json(self) -> dict:
        """The `tokenizer.json` of Hugging Face's tokenizers library."""
        spelled = printable_bytes()
        merges = []
        for left, right in self.merges:
            merges.append([spelled[left], spelled[right]])
            spelled.append(spelled[left] + spelled[right])
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
                "vocab": {token: index for index, token in enumerate(spelled)},
                "merges": merges,
            },
        }


# --- Model: Llama, under Hugging Face's parameter names ------------------------------------------------------------


def hugging_face_config(options: argparse.Namespace) -> dict:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": options.vocab,
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
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                into_residual = name.endswith(("o_proj.weight", "down_proj.weight"))
                nn.init.normal_(parameter, std=deviation / math.sqrt(2 * len(self.layers)) if into_residual else deviation)

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


# --- Loss on a whole text --------------------------------------------------------------------------------------------


class Evaluator:
    """Mean loss over every token of a text but its first, in nats per character."""

    def __init__(self, ids: Tensor, characters: int, context: int, stride: int):
        self.ids, self.characters = ids, characters
        self.context, self.stride = context, stride

    def windows(self) -> list[tuple[int, int, int]]:
        """(start, first counted position, end) of each window: every target is counted once."""
        targets = len(self.ids) - 1
        found = [(0, 0, min(self.context, targets))]
        while found[-1][2] < targets:
            counted = found[-1][2]
            end = min(counted + self.stride, targets)
            found.append((max(0, end - self.context) if self.stride < self.context else counted, counted, end))
        return found

    @torch.no_grad()
    def loss(self, model: nn.Module, cast) -> float:
        model.eval()
        device = next(model.parameters()).device
        padding = self.context
        ids = torch.cat((self.ids, self.ids.new_zeros(padding))).to(device)
        total = 0.0
        windows = self.windows()
        for at in range(0, len(windows), 32):
            group = windows[at : at + 32]
            starts = torch.tensor([start for start, _, _ in group], device=device)
            # A group is filled up to 32 windows so that a compiled model sees one shape only.
            filled = torch.cat((starts, starts.new_zeros(32 - len(group))))
            index = filled[:, None] + torch.arange(self.context, device=device)
            with cast():
                logits = model(ids[index])
            losses = F.cross_entropy(logits.float().transpose(1, 2), ids[index + 1], reduction="none").double()
            for row, (start, counted, end) in zip(losses, group):
                total += row[counted - start : end - start].sum().item()
        model.train()
        return total / self.characters


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
    def __init__(self, options: argparse.Namespace):
        self.options = options
        if options.threads:
            torch.set_num_threads(options.threads)
        torch.manual_seed(options.seed)
        text = options.text.read_text(encoding="ascii")
        split = len(text) - len(text) // 10
        self.train_text, self.held_text = text[:split], text[split:]
        self.tokenizer = Tokenizer(self.train_text, options.vocab)
        self.train_ids = self.tokenizer.encode(self.train_text)
        self.held_ids = self.tokenizer.encode(self.held_text)
        self.config = hugging_face_config(options)
        self.model = Decoder(self.config, options.dropout).to(options.device)
        # The f32 products of a CPU take several times as long as its bf16 ones where it has AMX or AVX512-BF16.
        self.cast = lambda: torch.autocast(options.device.split(":")[0], torch.bfloat16)
        self.compiled = torch.compile(self.model) if options.compile else self.model
        self.optimizers = self.make_optimizers()
        self.step, self.seconds = 0, 0.0
        self.log: list[dict] = []
        self.best = {"heldout_loss": math.inf, "step": 0, "weights": {}}

    def make_optimizers(self) -> list[torch.optim.Optimizer]:
        """Muon for the matrices of the layers, AdamW for the embedding and the norms."""
        options = self.options
        matrices = [p for p in self.model.layers.parameters() if p.ndim == 2]
        norms = [p for p in self.model.parameters() if p.ndim == 1]
        rest = [
            {"params": [self.model.embed_tokens.weight], "weight_decay": options.weight_decay},
            {"params": norms, "weight_decay": 0.0},
        ]
        return [
            torch.optim.Muon(
                matrices, lr=options.lr, weight_decay=options.weight_decay, adjust_lr_fn="match_rms_adamw"
            ),
            torch.optim.AdamW(rest, lr=options.lr, betas=(0.9, 0.98), fused=True),
        ]

    def rate(self, step: int) -> float:
        """Linear warm-up, constant, then linear to zero: the constant part does not depend on --steps, so that a
        resumed run may still be made longer or shorter."""
        options = self.options
        falling = (options.steps - step) / max(1, round(options.decay * options.steps))
        return options.lr * min(1.0, (step + 1) / options.warmup, falling)

    def train_step(self) -> float:
        options = self.options
        # Seeded by the step alone: a resumed run draws the same windows and masks as one never stopped.
        torch.manual_seed(options.seed * 1_000_003 + self.step)
        starts = torch.randint(len(self.train_ids) - options.context, (options.batch, 1))
        index = starts + torch.arange(options.context)
        inputs = self.train_ids[index].to(options.device)
        targets = self.train_ids[index + 1].to(options.device)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = self.rate(self.step)
        with self.cast():
            logits = self.compiled(inputs)
        loss = F.cross_entropy(logits.float().flatten(0, 1), targets.flatten())
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.step += 1
        return loss.item()

    def evaluator(self, ids: Tensor, text: str, stride: int) -> Evaluator:
        first = len(self.tokenizer.to_text([int(ids[0])]))
        return Evaluator(ids, len(text) - first, self.options.context, stride)
