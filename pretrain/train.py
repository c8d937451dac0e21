"""Train the embedded backbone: labels, and two public networks as teachers.

    python pretrain/train.py --work DIR --run DIR --samples 4000000

The student sees the crops of ``views.py`` at sizes of its own and learns three things at once: the teacher's
features of that crop (standardised, mean square error), the teacher's 1,000 class probabilities, which its own last
layer says from the student's account of the features (Kullback-Leibler), and the labels of the corpus (cross-entropy).

The rate is constant after a warm-up and falls to zero over the last ``--decay`` of the samples, so more samples can be
added later: the state before the fall is kept as ``RUN/stable-SEEN.pt``. ``RUN/last.pt`` is written every minute; the
same command goes on from it. Each worker is a process with one thread; they average weights every few steps
("local SGD", Stich 2018, arXiv:1805.09767), which costs less than averaging gradients and waits less for a busy core.
``RUN/history.jsonl`` has a line per measurement on photos that are not trained on.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import os
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch import distributed as dist
from torch.nn.functional import cross_entropy, kl_div, log_softmax, mse_loss, softmax

from batches import BATCH, SHARES, Corpus
from student import Student, build
from views import crops, labels_of, render

STEPS_BETWEEN_AVERAGES = 16
SECONDS_BETWEEN_CHECKPOINTS = 60
SAMPLES_BETWEEN_MEASUREMENTS = 200_000
MEASURED = 3000
WARM_UP = 60_000
EMA = 0.98
"""Kept of the averaged weights at every averaging of the workers."""
SIZES = ((0.0, (48, 56, 64, 72)), (0.85, (64, 80, 96)))
"""From which share of the samples on which sides, in pixels, are drawn, one per step."""


@dataclass(frozen=True)
class Plan:
    """What a run is: everything but where it stands."""

    work: Path
    run: Path
    samples: int
    workers: int
    rate: float
    decay: float
    weights: dict[str, float]
    weight_decay: float
    device: str
    seed: int
    minutes: float


def main() -> None:
    """Train as the command line says, in as many processes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, required=True, help="folder of the corpus and the views")
    parser.add_argument("--run", type=Path, required=True, help="folder of the checkpoints")
    parser.add_argument("--samples", type=int, required=True, help="photos to see in all")
    parser.add_argument("--workers", type=int, default=2, help="processes; one on a GPU")
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument(
        "--decay", type=float, default=0.3, help="share of the samples over which the rate falls"
    )
    parser.add_argument("--weight-decay", type=float, default=5e-5)
    parser.add_argument("--weights", default="labels=0.5,features=2,classes=1", help="of the three losses")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so long, to go on later")
    options = parser.parse_args()
    weights = {
        key: float(value) for key, _, value in (pair.partition("=") for pair in options.weights.split(","))
    }
    plan = Plan(**{**vars(options), "weights": weights})
    plan.run.mkdir(parents=True, exist_ok=True)
    (plan.run / "rendezvous").unlink(missing_ok=True)
    if plan.workers == 1:
        train(0, plan)
    else:
        torch.multiprocessing.spawn(train, (plan,), plan.workers)


def train(worker: int, plan: Plan) -> None:
    """Be one of the workers, from the last checkpoint to the end."""
    torch.set_num_threads(1)
    torch.manual_seed(plan.seed)
    if plan.workers > 1:
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
        dist.init_process_group(
            "gloo", f"file://{plan.run.resolve()}/rendezvous", rank=worker, world_size=plan.workers
        )
    corpus = Corpus(plan.work, plan.seed)
    student = build(corpus, plan.work).to(plan.device, memory_format=torch.channels_last)
    averaged = copy.deepcopy(student).eval()
    optimiser = torch.optim.SGD(groups(student, plan.weight_decay), plan.rate, momentum=0.9, nesterov=True)
    step = restore(plan, student, averaged, optimiser)
    per_step = BATCH * plan.workers
    started = saved = time.monotonic()
    first, sums = step, Counter[str]()
    while step * per_step < plan.samples:
        rate = rate_at(step * per_step, plan)
        for group in optimiser.param_groups:
            group["lr"] = rate
        sums.update(learn(student, optimiser, corpus, step, worker, plan))
        step += 1
        if step % STEPS_BETWEEN_AVERAGES and step * per_step < plan.samples:
            continue
        average(student, optimiser, plan.workers)
        follow(averaged, student)
        now, seen = time.monotonic(), step * per_step
        done = seen >= plan.samples
        stop = agreed(now - started > 60 * plan.minutes or os.getppid() == 1, plan.workers)  # 1: left alone
        if worker:
            if stop:
                break
            continue
        if sums["steps"] * per_step >= SAMPLES_BETWEEN_MEASUREMENTS or done:
            means = {f"loss_{key}": value / sums["steps"] for key, value in sums.items() if key != "steps"}
            write_line(plan, {"seen": seen, "rate": rate, **means, **measure(averaged, plan)})
            sums.clear()
        falls = not falling(seen, plan) and falling(seen + per_step * STEPS_BETWEEN_AVERAGES, plan)
        if falls:
            save(plan.run / f"stable-{seen}.pt", step, plan, student, averaged, optimiser)
        if now - saved > SECONDS_BETWEEN_CHECKPOINTS or stop or done:
            save(plan.run / "last.pt", step, plan, student, averaged, optimiser)
            saved = now
            left = (now - started) / (step - first) * (plan.samples - seen) / per_step
            print(f"{seen:,} of {plan.samples:,} photos, about {left / 60:.0f} minutes left", flush=True)
        if stop:
            break
    if plan.workers > 1:
        dist.destroy_process_group()


def learn(
    student: Student, optimiser: torch.optim.Optimizer, corpus: Corpus, step: int, worker: int, plan: Plan
) -> dict[str, float]:
    """Take one step; return the losses."""
    pixels, told, labels = corpus.batch(step, worker, plan.workers, side_at(step, plan))
    pixels = pixels.to(plan.device, memory_format=torch.channels_last)
    student.train()
    with torch.autocast(torch.device(plan.device).type, torch.bfloat16):
        features = student.features(pixels)  # [64, n_features]
    losses = {"features": torch.zeros(()), "classes": torch.zeros(()), "labels": torch.zeros(())}
    for teacher, raw in told.items():
        target = student.standardised(teacher, raw.to(plan.device))  # [64, d]
        account = student.accounts[teacher](features)
        losses["features"] = losses["features"] + mse_loss(account, target) / len(told)
        said = log_softmax(student.teacher_logits(teacher, account), dim=1)  # [64, 1000]
        meant = softmax(student.teacher_logits(teacher, target), dim=1)
        losses["classes"] = losses["classes"] + kl_div(said, meant, reduction="batchmean") / len(told)
    at = 0
    for name, share in SHARES.items():
        if name in student.heads:
            logits = student.heads[name](features[at : at + share])
            here = cross_entropy(logits, labels[name].to(plan.device), label_smoothing=0.1)
            losses["labels"] = losses["labels"] + here * share / BATCH
        at += share
    total = sum((plan.weights[key] * loss for key, loss in losses.items()), torch.zeros(()))
    optimiser.zero_grad(set_to_none=True)
    total.backward()
    nn.utils.clip_grad_norm_(student.parameters(), 5.0)
    optimiser.step()
    return {"steps": 1.0, **{key: float(loss.detach()) for key, loss in losses.items()}}


def groups(student: Student, weight_decay: float) -> list[dict[str, Any]]:
    """Return the parameters in two groups: matrices, which decay, and biases and normalisation, which do not."""
    matrices = [parameter for parameter in student.parameters() if parameter.ndim > 1]
    others = [parameter for parameter in student.parameters() if parameter.ndim <= 1]
    return [{"params": matrices, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]


def rate_at(seen: int, plan: Plan) -> float:
    """Return the learning rate after so many photos."""
    return plan.rate * min(1.0, (seen + BATCH) / WARM_UP, (plan.samples - seen) / (plan.samples * plan.decay))


def falling(seen: int, plan: Plan) -> bool:
    """Return whether the rate falls towards its end after so many photos."""
    return seen > plan.samples * (1 - plan.decay)


def side_at(step: int, plan: Plan) -> int:
    """Return the side of the pictures of a step: the same for all workers, larger towards the end."""
    share = step * BATCH * plan.workers / plan.samples
    sides = [sides for start, sides in SIZES if share >= start][-1]
    return sides[int(np.random.default_rng([plan.seed, step]).integers(len(sides)))]


def state_of(module: nn.Module) -> list[Tensor]:
    """Return all numbers that training changes: weights, and the running statistics of the normalisations."""
    return [tensor for tensor in module.state_dict().values() if tensor.is_floating_point()]


@torch.no_grad()
def average(student: Student, optimiser: torch.optim.Optimizer, workers: int) -> None:
    """Make all workers the mean of all: weights, statistics and momentum."""
    if workers == 1:
        return
    momenta = [state["momentum_buffer"] for state in optimiser.state.values()]
    tensors = [*state_of(student), *momenta]
    flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
    dist.all_reduce(flat)
    flat /= workers
    at = 0
    for tensor in tensors:
        tensor.copy_(flat[at : at + tensor.numel()].reshape(tensor.shape))
        at += tensor.numel()


@torch.no_grad()
def follow(averaged: Student, student: Student) -> None:
    """Move the averaged weights a little towards the student's."""
    for old, new in zip(state_of(averaged), state_of(student), strict=True):
        old.lerp_(new, 1 - EMA)


def agreed(stop: bool, workers: int) -> bool:
    """Return whether the first worker says stop."""
    if workers == 1:
        return stop
    said = torch.tensor([float(stop)])
    dist.broadcast(said, 0)
    return bool(said.item())


@torch.no_grad()
def measure(student: Student, plan: Plan) -> dict[str, float]:
    """Return the share of right labels, and of each teacher explained, on photos of 64 px that are not trained on."""
    photos = np.load(plan.work / "tiny-val.npy", mmap_mode="r")[:MEASURED]
    labels = labels_of(plan.work, "tiny-val")[0][:MEASURED]
    boxes = torch.from_numpy(crops("tiny-val", 0, len(photos)))
    features = []
    for start in range(0, len(photos), 100):
        block = torch.from_numpy(photos[start : start + 100].copy())
        pixels = render(block, boxes[start : start + 100], 64).to(
            plan.device, memory_format=torch.channels_last
        )
        with torch.autocast(torch.device(plan.device).type, torch.bfloat16):
            features.append(student.features(pixels))
    found = torch.cat(features)
    answered = student.heads["tiny"](found).argmax(dim=1).cpu().numpy()
    scores = {"accuracy": float((answered == labels).mean())}
    for path in sorted((plan.work / "views").glob("*/tiny-val-0.npy")):
        teacher = path.parent.name
        raw = torch.from_numpy(np.load(path)[: len(photos)].astype(np.float32)).to(plan.device)
        target = student.standardised(teacher, raw)
        scores[f"explained_{teacher}"] = 1 - float(
            mse_loss(student.accounts[teacher](found), target) / target.var()
        )
    return scores


def write_line(plan: Plan, line: dict[str, float]) -> None:
    """Add a measurement to the run's history."""
    rounded = {key: round(value, 5) for key, value in line.items()}
    with (plan.run / "history.jsonl").open("a") as stream:
        stream.write(json.dumps({"samples": plan.samples, **rounded, "time": round(time.time())}) + "\n")


def save(
    path: Path, step: int, plan: Plan, student: Student, averaged: Student, optimiser: torch.optim.Optimizer
) -> None:
    """Write everything a run goes on from; a file half written never has its name."""
    part = path.with_suffix(".part")
    state = {
        "student": student.state_dict(),
        "averaged": averaged.state_dict(),
        "optimiser": optimiser.state_dict(),
    }
    seen = step * BATCH * plan.workers
    torch.save({"step": step, "samples": plan.samples, "falling": falling(seen, plan), **state}, part)
    part.rename(path)


def restore(plan: Plan, student: Student, averaged: Student, optimiser: torch.optim.Optimizer) -> int:
    """Load the checkpoint that is furthest; return its step.

    One made while the rate fell towards another end than this plan's is of no use: what it forgot by then is gone.
    """
    best: dict[str, Any] | None = None
    for path in sorted(plan.run.glob("*.pt")):
        found = torch.load(path, map_location=plan.device, weights_only=True)
        usable = found["samples"] == plan.samples or not found["falling"]
        if usable and (best is None or found["step"] > best["step"]):
            best = found
    if best is None:
        return 0
    student.load_state_dict(best["student"])
    averaged.load_state_dict(best["averaged"])
    optimiser.load_state_dict(best["optimiser"])
    return int(best["step"])


if __name__ == "__main__":
    main()
