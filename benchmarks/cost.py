"""What a run on a large model takes and when it pays: arithmetic, not measurements.

In: a model's dimensions, the amounts of a preset, a machine. Out: the tables of `docs/scaling.md`
(`python -m benchmarks.cost` prints them, `--write` puts them there). Formulas and their sources are
in that page, in the order of the functions here. What no public source gives is an assumption, and
an argument of the command line.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass, replace
from pathlib import Path

from internalize.config import Config, load

PAGE = Path(__file__).parents[1] / "docs" / "scaling.md"
BEGIN, END = "<!-- figures: python -m benchmarks.cost --write -->\n", "<!-- end of figures -->\n"
GB = 1e9


@dataclass(frozen=True)
class Model:
    """The dimensions that a model's config.json gives."""

    name: str
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head: int
    mlp: int
    vocabulary: int

    @property
    def linear(self) -> list[tuple[int, int]]:
        """(inputs, outputs) of a block's linear layers."""
        queries, keys = self.heads * self.head, self.kv_heads * self.head
        attention = [(self.hidden, queries), (self.hidden, keys), (self.hidden, keys)]
        attention.append((queries, self.hidden))
        return [
            *attention,
            (self.hidden, self.mlp),
            (self.hidden, self.mlp),
            (self.mlp, self.hidden),
        ]

    @property
    def blocks(self) -> int:
        return self.layers * sum(a * b for a, b in self.linear)

    @property
    def parameters(self) -> int:
        """With embedding and output head, which are not tied; norms are left out."""
        return self.blocks + 2 * self.vocabulary * self.hidden

    @property
    def multiplied(self) -> int:
        """Parameters that a token is multiplied by."""
        return self.blocks + self.vocabulary * self.hidden

    def adapter(self, r: int, share: float) -> int:
        return math.ceil(self.layers * share) * sum(r * (a + b) for a, b in self.linear)

    @property
    def cache(self) -> int:
        """Bytes of keys and values a token, in bfloat16."""
        return 2 * 2 * self.layers * self.kv_heads * self.head

    def forward(self, tokens: float, before: float) -> float:
        """Operations for `tokens` tokens, each of which sees `before` others on average."""
        attended = 4 * self.layers * self.heads * self.head * before
        return tokens * (2 * self.multiplied + attended)


QWEN3_8B = Model("Qwen3-8B", 36, 4096, 32, 8, 128, 12288, 151936)
QWEN3_32B = Model("Qwen3-32B", 64, 5120, 64, 8, 128, 25600, 151936)


@dataclass(frozen=True)
class Machine:
    """A GPU; the defaults are an H100 SXM's figures of its data sheet, and assumptions."""

    memory: float = 80 * GB
    operations: float = 989e12  # a second, bfloat16, dense
    bandwidth: float = 3.35e12  # bytes a second
    trains_at: float = 0.35  # of the operations: assumed
    prefills_at: float = 0.5  # of the operations: assumed
    reads_at: float = 0.6  # of the bandwidth: assumed
    price: float = 2.5  # dollars an hour: assumed


@dataclass(frozen=True)
class Use:
    """The policy and its use: assumptions."""

    policy: int = 10_000  # tokens
    question: int = 60
    answer: int = 150  # chain and answer
    text: int = 120  # of a pretraining text
    rows: int = 64  # requests that a replica answers at a time


# --- training -------------------------------------------------------------------------------------


def training_bytes(model: Model, config: Config, full: bool) -> tuple[float, float]:
    """(what sharding divides, what each GPU has) while fine-tuning."""
    lora = config.sft.lora
    trained = model.parameters if full else model.adapter(lora.r, lora.blocks)
    frozen = 0 if full else model.parameters
    # float32 weights, gradients and Adam's two moments of what is trained; bfloat16 of the rest.
    states = 16 * trained + 2 * frozen
    length = 512
    tokens = config.sft.micro_batch_size * length
    # Checkpointed: a block's input for every block, and all that one block keeps (34 bytes a number
    # of its width: Korthikanti et al., arXiv 2205.05198, equation 2 without attention scores).
    activations = tokens * model.hidden * (2 * model.layers + 34)
    return states, activations


def gpus(model: Model, config: Config, full: bool, machine: Machine) -> int:
    """The least power of two of GPUs that holds it, a tenth of their memory left."""
    states, activations = training_bytes(model, config, full)
    count = 1
    while states / count + activations > 0.9 * machine.memory:
        count *= 2
    return count


def sampling_gpus(model: Model, use: Use, machine: Machine) -> int:
    """The same for sampling: weights in bfloat16, and keys and values, the policy's once."""
    kept = use.policy + use.rows * (use.question + use.answer)
    count = 1
    while (2 * model.parameters + model.cache * kept) / count > 0.9 * machine.memory:
        count *= 2
    return count


def tokens(config: Config, use: Use) -> dict[str, float]:
    """Tokens trained on a stage; of RL the policy-free prompt and the completion."""
    rollouts = config.rl.steps * config.rl.batch_size
    turn = use.question + use.answer
    return {
        "cpt": config.synth.cpt * config.cpt.epochs * use.text,
        "sft": config.synth.sft * config.sft.epochs * turn,
        "rl": rollouts * turn,
    }


def training_seconds(
    model: Model, config: Config, full: bool, use: Use, machine: Machine
) -> dict[str, float]:
    """GPU-seconds of the passes of each stage.

    A pass with gradients is forward, forward again (checkpointing) and backward: 2 + 2 + 4
    operations a parameter and token, or + 2 where the weights are frozen.
    """
    passes = 4.0 if full else 3.0
    rate = machine.operations * machine.trains_at
    before = (use.question + use.answer) / 2
    return {
        stage: passes * model.forward(count, before) / rate
        for stage, count in tokens(config, use).items()
    }


def rollout_seconds(model: Model, config: Config, use: Use, machine: Machine) -> float:
    """GPU-seconds of sampling; both kinds of rollouts, the policy computed once a step."""
    group = config.rl.group
    rollouts = config.rl.steps * config.rl.batch_size
    aware = rollouts * config.rl.policy_aware / group
    prompts = rollouts / group * (use.question + (use.question if aware else 0))
    prefill = model.forward(prompts, use.question / 2)
    if aware:
        prefill += config.rl.steps * model.forward(use.policy, use.policy / 2)
    seconds = prefill / (machine.operations * machine.prefills_at)
    free = decode_seconds(model, use, machine, 0, shared=True)
    seen = decode_seconds(model, use, machine, use.policy, shared=True)
    return seconds + (rollouts - aware) * use.answer * free + aware * use.answer * seen


# --- serving --------------------------------------------------------------------------------------


def prefill_seconds(model: Model, count: int, behind: int, machine: Machine) -> float:
    """GPU-seconds until the first token for `count` new tokens behind `behind` cached ones."""
    rate = machine.operations * machine.prefills_at
    return model.forward(count, behind + count / 2) / rate


def decode_seconds(
    model: Model, use: Use, machine: Machine, prefix: int, shared: bool = False
) -> float:
    """GPU-seconds a token and row: reading the weights and the row's keys and values.

    The prefix is read by each row, or once for all where attention knows that it is shared.
    """
    own = use.question + use.answer / 2
    kept = own + (prefix / use.rows if shared else prefix)
    read = 2 * model.multiplied / use.rows + model.cache * kept
    return read / (machine.bandwidth * machine.reads_at)


def request_seconds(model: Model, use: Use, machine: Machine, way: str) -> float:
    """GPU-seconds of a request: `without` the policy, or with it and its cache `cold`, `cached`, or
    `shared` (cached, and read once for all rows)."""
    prefix = 0 if way == "without" else use.policy
    if way == "cold":
        prefill = prefill_seconds(model, use.policy + use.question, 0, machine)
    else:
        prefill = prefill_seconds(model, use.question, prefix, machine)
    return prefill + use.answer * decode_seconds(model, use, machine, prefix, way == "shared")


def pays_after(training: float, model: Model, use: Use, machine: Machine, way: str) -> float:
    """Requests after which GPU-seconds saved are those of training."""
    saved = request_seconds(model, use, machine, way)
    return training / (saved - request_seconds(model, use, machine, "without"))


# --- the tables -----------------------------------------------------------------------------------


def total_seconds(model: Model, config: Config, full: bool, use: Use, machine: Machine) -> float:
    passes = sum(training_seconds(model, config, full, use, machine).values())
    return passes + rollout_seconds(model, config, use, machine)


def tables(preset: str, use: Use, machine: Machine) -> str:
    config = load(preset)
    kinds = [(m, full) for m in (QWEN3_8B, QWEN3_32B) for full in (False, True)]
    names = [f"{m.name}, {'full' if full else f'LoRA r={config.sft.lora.r}'}" for m, full in kinds]
    rows: dict[str, list[str]] = {"": names}
    for model, full in kinds:
        states, activations = training_bytes(model, config, full)
        count = gpus(model, config, full, machine)
        stages = training_seconds(model, config, full, use, machine)
        sampling = rollout_seconds(model, config, use, machine)
        total = total_seconds(model, config, full, use, machine)
        trained = model.parameters if full else model.adapter(config.sft.lora.r, 1)
        cells = {
            "parameters; of them trained": f"{model.parameters / 1e9:.2f}e9; {trained / 1e9:.2f}e9",
            "weights, gradients, optimizer (sharded)": f"{states / GB:.0f} GB",
            "activations, each GPU": f"{activations / GB:.1f} GB",
            "H100 of 80 GB to train on": f"{count}",
            "beside them for vLLM": f"{sampling_gpus(model, use, machine)}",
            "CPT, GPU-hours": f"{stages['cpt'] / 3600:.2f}",
            "CoT-SFT, GPU-hours": f"{stages['sft'] / 3600:.2f}",
            "RL, passes, GPU-hours": f"{stages['rl'] / 3600:.2f}",
            "RL, rollouts, GPU-hours": f"{sampling / 3600:.2f}",
            "all, GPU-hours": f"{total / 3600:.1f}",
            "all, dollars": f"{total / 3600 * machine.price:.0f}",
        }
        for name, cell in cells.items():
            rows.setdefault(name, []).append(cell)
    amounts = tokens(config, use)
    spent = ", ".join(f"{stage.upper()} {count / 1e6:.2f}e6" for stage, count in amounts.items())
    text = f"Tokens trained on with the preset `{preset}`: {spent}.\n\n" + _table(rows)

    for length in (1_000, 10_000, 50_000):
        here = replace(use, policy=length)
        rows = {f"policy of {length:,} tokens": [m.name for m in (QWEN3_8B, QWEN3_32B)]}
        for model in (QWEN3_8B, QWEN3_32B):
            times = {
                way: request_seconds(model, here, machine, way)
                for way in ("without", "cold", "cached", "shared")
            }
            total = total_seconds(model, config, False, here, machine)
            cells = {
                "its keys and values": f"{length * model.cache / GB:.2f} GB",
                "GPU-ms a request, internalized": f"{1e3 * times['without']:.1f}",
                "with the policy, nothing cached": f"{1e3 * times['cold']:.1f}",
                "with the policy, cached": f"{1e3 * times['cached']:.1f}",
                "cached and read once for all rows": f"{1e3 * times['shared']:.1f}",
            }
            for way, name in (
                ("cold", "pays after, nothing cached"),
                ("cached", "pays after, cached"),
                ("shared", "pays after, cached and read once"),
            ):
                count = pays_after(total, model, here, machine, way)
                cells[name] = f"{count:,.0f} requests"
            for name, cell in cells.items():
                rows.setdefault(name, []).append(cell)
        text += "\n" + _table(rows)
    return text


def _table(rows: dict[str, list[str]]) -> str:
    (head, names), *body = rows.items()
    lines = [f"| {head} | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    lines += [f"| {name} | {' | '.join(cells)} |" for name, cells in body]
    return "\n".join(lines) + "\n"


def put_into(page: str, figures: str) -> str:
    """The page with the figures between their marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{figures}\n{END}{after}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="gpu")
    parser.add_argument("--policy", type=int, default=Use.policy, help="tokens, for training")
    parser.add_argument("--price", type=float, default=Machine.price, help="dollars a GPU-hour")
    parser.add_argument("--rows", type=int, default=Use.rows, help="requests at a time")
    parser.add_argument("--write", action="store_true", help="into docs/scaling.md")
    options = parser.parse_args()
    use = Use(policy=options.policy, rows=options.rows)
    figures = tables(options.preset, use, Machine(price=options.price))
    if options.write:
        PAGE.write_text(put_into(PAGE.read_text(encoding="utf-8"), figures), encoding="utf-8")
    else:
        print(figures)


if __name__ == "__main__":
    main()
