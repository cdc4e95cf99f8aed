"""What the fuzzer changes: files of each kind that are as they should be."""

import csv
import functools
import io
import json
import tomllib
from pathlib import Path
from typing import Any

from .mutators import toml_file

ROOT = Path(__file__).resolve().parents[2]
KEPT = 2  # of a record's benchmarks and a file's cases: small files are changed where it matters

STUDY: dict[str, Any] = {
    "title": "t",
    "given": {"training_flops": 1e24, "tokens": "1e13 token", "pue": 1.2},
    "axes": {
        "chip": {"from": "hardware", "rows": ["h100", "b200-sxm"], "columns": {"peak_flops": "peak_fp8"}},
        "chip_count": {"geomspace": [1000, 100000], "num": 5},
        "load": {"arange": [0.5, 1.0, 0.1]},
        "site": {"quantity": "wue", "values": [0.1, 0.2], "labels": ["a", "b"], "uncertain": True, "weights": [1, "50%"]},
        "assumptions": {
            "draws": 8,
            "seed": 1,
            "weights": "goodput",
            "columns": {
                "mfu": {"triangular": [0.2, 0.3, 0.5]},
                "goodput": {"values": [0.8, 0.9]},
                "electricity_price": [0.05, 0.06],
            },
        },
    },
    "questions": [
        {"name": "a", "minimize": "cost", "where": ["run_time <= 120 day"], "by": ["chip"]},
        {
            "name": "b",
            "minimize": "P50(cost)",
            "where": [
                "P80(run_time) <= 120 day",
                "mean(energy) <= 20 GWh",
                "share(run_time <= 1 year and cost <= 1e9 USD) >= 90%",
            ],
            "by": ["chip"],
            "at": [0.5, "80%", 0.95],
        },
    ],
}
SMALL = """title = "Small"
[given]
training_flops = 1e24
goodput = 1
peak_flops = "1000 GFLOP/s"
[axes.chip_count]
values = [1000, 2000, 4000]
[axes.price]
quantity = "electricity_price"
values = ["0.06 USD/kWh", "0.10 USD/kWh"]
labels = ["cheap", "dear"]
uncertain = true
weights = [1, 2]
[axes.site]
columns.pue = [1.1, 1.3]
columns.carbon_intensity = ["0.05 kgCO2e/kWh", "0.4 kgCO2e/kWh"]
labels = ["hydro", "gas"]
[axes.assumptions]
draws = 4
columns.mfu = { lognormal = [0.3, 0.1] }
columns.load = { normal = [0.85, 0.03] }
"""
QUESTIONS = (
    'minimize = "run_time"\nby = ["site"]\nwhere = ["chip_count <= 2000"]',
    'minimize = "P90(run_time)"\nwhere = ["mean(run_time) <= 120 day"]',
    'maximize = "chip_count"\nwhere = ["share(run_time <= 90 day) >= 0.8", "max(run_time) < 1 year"]\nat = [0.5, "95%"]',
    'maximize = "run_time"\nwhere = ["run_time <= 90 day", "chip_count < 3000"]',
    'quantiles = "run_time"\nat = [0, 0.5, 1]\nby = ["price"]',
    'summary = "run_time"',
    'histogram = "run_time"\nbins = 6',
    'pareto = ["run_time", "chip_count"]',
    'sensitivity = "run_time"',
    'table = ["run_time"]',
)
FACTS = """title = "Our chips"
[columns]
peak_bf16 = "FLOP/s"
peak_fp8 = "FLOP/s"
tdp = "W"
server_rating = "W"
chip_price = "USD"
[otherwise]
chip_price = 20000
[rows.ours]
name = "Our accelerator"
aliases = ["mine"]
peak_bf16 = 1.2e15
tdp = "0.9 kW"
server_rating = 1600
source = "data sheet of 2026-05"
sources.tdp = "measured"
[rows.other]
peak_bf16 = 2e15
tdp = 1000
source = "a guess"
notes = "none"
"""
SYSTEM = """[machine]
chip = "h100-sxm-80gb"
name = "ours"
[given]
matmul_share = 0.6
load = "0.8"
"""
BOUNDS = """[chip_hours]
median = 9
mean = 9
greatest = 9
least_n = 1
least_coverage = 0
most_coverage = 1
"""
THRESHOLDS = """time = "10%"
memory = "20%"
[[benchmarks]]
name = "*"
where = { engine = "numba" }
time = "5%"
margin = 0.01
"""
QUANTITIES = (
    '''from flopwatt import given, maximum, quantity
given("support_share", "", "What support takes of a run's time.", high=1)
@quantity(unit="s", source="our contract")
def supported_time(run_time, support_share):
    """The run's time with support."""
    print("computing")
    return maximum(run_time, 1) * (1 + support_share)
''',
    """import math
from flopwatt import quantity, where, sqrt, log2, exp, ceil, floor, minimum
def half(x):
    return x / 2
@quantity(unit="s", source="none", show="day", low=1)
def supported_time(run_time, mfu):
    a = where(run_time > 3.0, sqrt(run_time), half(run_time) ** 2)
    return minimum(a, ceil(exp(log2(mfu))) + floor(math.pi))
""",
    """from flopwatt import quantity
class Odd(BaseException):
    def __str__(self):
        raise KeyError(self)
@quantity("s", "none")
def supported_time(run_time):
    if 1 > 2: raise Odd()
    return run_time
""",
)
STATEMENTS = (
    "raise KeyboardInterrupt", "raise SystemExit(3)", "raise BaseException('a\\nb')", "raise Odd", "raise Odd()",
    "raise int", "raise GeneratorExit", "def f(): f()\nf()", "print('\\x1b[2J' * 3)", "import sys; sys.stdout.write('x')",
    "1/0", "assert False", "import nothing_there", "x = (" * 150, "given = None", "quantity = 3", "return 1", "yield",
    "import warnings; warnings.warn('x')", "raise MemoryError", "raise RecursionError('x' * 10000)",
    "raise UnicodeError('\\ud800')", "given(5, 5, 5)", "given('a', 'parsec', 'x')", "given('b', '', 'x', low=float('nan'))",
    "given('c', '', None, high='x')", "quantity('', 5)(lambda run_time: run_time)", "quantity('s', 'x')(max)",
)  # fmt: skip
CONFIGS: tuple[dict[str, Any], ...] = (
    {
        "model_type": "llama", "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_attention_heads": 32, "num_key_value_heads": 8,
        "num_hidden_layers": 32,
        "vocab_size": 128256, "tie_word_embeddings": False, "max_position_embeddings": 131072,
    },
    {
        "model_type": "deepseek_v3", "hidden_size": 7168,
        "intermediate_size": 18432, "moe_intermediate_size": 2048,
        "num_hidden_layers": 61,
        "num_attention_heads": 128, "num_key_value_heads": 128, "n_routed_experts": 256,
        "n_shared_experts": 1, "num_experts_per_tok": 8, "first_k_dense_replace": 3, "moe_layer_freq": 1, "q_lora_rank": 1536,
        "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
        "vocab_size": 129280,
    },
    {
        "model_type": "gpt_oss", "hidden_size": 2880,
        "intermediate_size": 2880, "head_dim": 64,
        "num_hidden_layers": 36,
        "num_attention_heads": 64, "num_key_value_heads": 8,
        "num_local_experts": 128, "num_experts_per_tok": 4,
        "vocab_size": 201088, "sliding_window": 128, "layer_types": ["sliding_attention", "full_attention"] * 18,
    },
    {
        "model_type": "dbrx", "d_model": 6144, "n_heads": 48, "n_layers": 40,
        "vocab_size": 100352,
        "attn_config": {"kv_n_heads": 8}, "ffn_config": {"ffn_hidden_size": 10752, "moe_num_experts": 16, "moe_top_k": 4},
    },
    {
        "model_type": "nemotron_h", "hidden_size": 4480,
        "intermediate_size": 15680,
        "num_attention_heads": 40, "num_key_value_heads": 8,
        "num_hidden_layers": 4,
        "vocab_size": 131072, "hybrid_override_pattern": "M-*-", "mamba_num_heads": 128, "mamba_head_dim": 80,
        "ssm_state_size": 128,
        "n_groups": 8,
    },
    {
        "text_config": {"model_type": "gemma3_text", "hidden_size": 2560,
        "num_attention_heads": 8,
        "num_hidden_layers": 34,
        "vocab_size": 9, "sliding_window": 1024}
    },
    {"model_type": "gpt2", "n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024,
        "vocab_size": 50257},
)  # fmt: skip
TINY = {
    "model_type": "gpt2", "n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 128, "vocab_size": 1000,
}  # fmt: skip
_TINY_LAYER = {"attn.c_attn.weight": [64, 192], "attn.c_proj.weight": [64, 64], "attn.bias": [1, 1, 128, 128]}
_TINY_LAYER |= {"mlp.c_fc.weight": [64, 256], "mlp.c_proj.weight": [256, 64], "ln_1.weight": [64], "ln_2.weight": [64]}
TENSORS = {"wte.weight": [1000, 64], "wpe.weight": [128, 64], "ln_f.weight": [64]} | {
    f"h.{number}.{name}": shape for number in range(2) for name, shape in _TINY_LAYER.items()
}
HEADER = {"__metadata__": {"format": "pt"}} | {name: {"dtype": "F32", "shape": shape} for name, shape in TENSORS.items()}
INDEX = {
    "metadata": {"total_size": 341632, "total_parameters": 170816},
    "weight_map": dict.fromkeys(TENSORS, "model-00001-of-00001.safetensors"),
}
OVERRIDES = (
    "mfu=0.4", "tokens=1e13 token", "chip=h100", "axes.chip_count.num=4", "axes.assumptions.draws=16",
    'questions.a.by=["chip"]', "title=x", "axes.load={values=[0.5,0.7]}", "pue=1.3", "questions.1.minimize=run_time",
    "mfu=step_mfu", "given.goodput=0.9", "axes.chip_count.uncertain=true", "axes.site.weights=[1,2]",
    "questions.a.minimize=P90(cost)", 'questions.a.where=["share(run_time <= 120 day) >= 80%"]', 'questions.b.at=[0.5,"90%"]',
)  # fmt: skip


@functools.cache
def seeds(kind: str) -> tuple[bytes, ...]:
    """Return the files of a kind, each as it should be."""
    return tuple(text.encode() for text in _TEXTS[kind]())


def _studies() -> list[str]:
    shipped = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "configs/studies").glob("*.toml"))]
    small = [f"{SMALL}[[questions]]\n{question}\n" for question in QUESTIONS]
    return [*small, *small, toml_file(STUDY), toml_file(STUDY), *shipped]


def _records() -> list[str]:
    result = []
    for path in sorted((ROOT / "results").glob("*/*.json"))[:2]:
        document = json.loads(path.read_text(encoding="utf-8"))
        document["benchmarks"] = document["benchmarks"][:KEPT]
        for benchmark in document["benchmarks"]:
            benchmark["stats"]["data"] = benchmark["stats"].get("data", [])[:12]
        result.append(json.dumps(document))
    result.append(json.dumps(FOREIGN))
    return result


FOREIGN = {
    "machine_info": {"node": "n", "cpu": {"brand_raw": "x", "count": 2}},
    "commit_info": {"id": "a" * 40, "dirty": False},
    "benchmarks": [
        {
            "group": None, "name": "test_a[1]", "fullname": "t.py::test_a[1]", "params": {"a": 1}, "param": "1",
            "extra_info": {},
            "options": {"disable_gc": False},
            "stats": {"min": 1.0, "max": 1.2, "mean": 1.1, "stddev": 0.1, "rounds": 5, "median": 1.1,
            "iqr": 0.1, "q1": 1.0, "q3": 1.2, "ops": 0.9, "total": 5.5, "iterations": 1, "data": [1.0, 1.1, 1.1, 1.2, 1.1]},
        }
    ],
    "datetime": "2026-01-01T00:00:00.000000+00:00",
    "version": "5.1.0",
}  # fmt: skip


def _cases() -> list[dict[str, Any]]:
    paths = [ROOT / f"configs/published/{name}.toml" for name in ("training_runs", "fleets", "step_times", "bridge_perf")]
    documents = [tomllib.loads(path.read_text(encoding="utf-8"))["cases"] for path in paths]
    return [{"cases": part} for cases in documents for part in (cases[:KEPT], [cases[0], cases[-1]])]


def _csv(document: dict[str, Any]) -> str:
    cases = document["cases"]
    names = list(dict.fromkeys(name for case in cases for name in case))
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(cases)
    return text.getvalue()


# In the layouts of Epoch AI, Our World in Data and Ember; the figures are made up.
PUBLIC_TABLES = (
    "Hardware name,Release price (USD),Tensor-FP16/BF16 performance (FLOP/s),Memory (bytes),TDP (W)\n"
    "NVIDIA H100 SXM5 80GB,30000.0,1.1e+15,80000000000.0,650.0\nNobody's chip,,,,\n",
    "Model,Parameters,Training compute (FLOP),Training dataset size (gradients),Abstract\n"
    'DeepSeek-V3,6e11,3e24,"14,000,000,000,000","Words, and ""words"""\n',
    "Entity;Code;Year;Carbon intensity of electricity - gCO2/kWh\nFrance;FRA;2023;50,5\nFrance;FRA;2024;40,5\n",
    "Area,ISO 3 code,Year,Variable,Unit,Value\nGermany,DEU,2024,CO2 intensity,gCO2/kWh,333\nGermany,DEU,2024,Demand,TWh,500\n",
)
_TEXTS: dict[str, Any] = {
    "study": _studies,
    "override": lambda: list(OVERRIDES),
    "facts": lambda: [FACTS],
    "quantities": lambda: list(QUANTITIES),
    "record": _records,
    "thresholds": lambda: [THRESHOLDS],
    "cases-csv": lambda: [_csv(document) for document in _cases()],
    "cases-toml": lambda: [toml_file(document) for document in _cases()],
    "public-csv": lambda: list(PUBLIC_TABLES),
    "bounds": lambda: [BOUNDS],
    "system": lambda: [SYSTEM],
    "config": lambda: [json.dumps(config) for config in CONFIGS],
    "headers": lambda: [json.dumps(HEADER), json.dumps({"model.safetensors": HEADER})],
    "index": lambda: [json.dumps(INDEX)],
    "safetensors": lambda: [f"{chr(0)}{chr(8)}{chr(0) * 6}{json.dumps(HEADER):<2048}"],
}
KINDS = tuple(_TEXTS)
FORMS = {
    "study": "toml", "facts": "toml", "thresholds": "toml", "bounds": "toml", "system": "toml", "cases-toml": "toml",
    "cases-csv": "csv", "public-csv": "csv", "record": "json", "config": "json", "headers": "json", "index": "json",
    "override": "text", "safetensors": "bytes", "quantities": "python",
}  # fmt: skip
