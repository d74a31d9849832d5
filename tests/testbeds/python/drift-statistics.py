"""Pairs of samples and what SciPy and Evidently's own functions say of them, as JSON on standard output."""

import json
import warnings

import numpy as np
import pandas as pd
from evidently.legacy.calculations import stattests
from evidently.legacy.core import ColumnType
from scipy import stats

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)


def evidently(test, reference, current, kind):
    answer = test.func(pd.Series(reference), pd.Series(current), kind, test.default_threshold)
    return float(answer[0])


def numbers(reference, current):
    ks = stats.ks_2samp(reference, current)
    t = stats.ttest_ind(reference, current)
    cramer = stats.cramervonmises_2samp(reference, current)
    answer = {
        "ks": [ks.statistic, ks.pvalue],
        "mannw": [stats.mannwhitneyu(reference, current, alternative="less").statistic,
                  evidently(stattests.mann_whitney_u_stat_test, reference, current, ColumnType.Numerical)],
        "t_test": [t.statistic, t.pvalue],
        "wasserstein_plain": stats.wasserstein_distance(reference, current),
        "ed": stats.energy_distance(reference, current),
        # Evidently's copy of SciPy's exact distribution does not run with today's NumPy.
        "cramer_von_mises": [cramer.statistic, cramer.pvalue],
    }
    for name, test in {"wasserstein": stattests.wasserstein_stat_test, "psi": stattests.psi_stat_test,
                       "jensenshannon": stattests.jensenshannon_stat_test, "kl_div": stattests.kl_div_stat_test,
                       "hellinger": stattests.hellinger_stat_test}.items():
        answer[name] = evidently(test, reference, current, ColumnType.Numerical)
    if len(np.unique(np.concatenate([reference, current]))) > 1:
        anderson = stats.anderson_ksamp([reference, current])
        answer["anderson"] = [anderson.statistic, anderson.pvalue]
    return answer


def categories(reference, current):
    answer = {name: evidently(test, reference, current, ColumnType.Categorical)
              for name, test in {"chisquare": stattests.chi_stat_test, "z": stattests.z_stat_test, "psi": stattests.psi_stat_test,
                                 "jensenshannon": stattests.jensenshannon_stat_test, "kl_div": stattests.kl_div_stat_test,
                                 "hellinger": stattests.hellinger_stat_test}.items()}
    keys = sorted(set(reference) | set(current))
    counts = [[list(sample).count(key) for key in keys] for sample in (reference, current)]
    answer["TVD"] = float(np.abs(np.array(counts[0]) / len(reference) - np.array(counts[1]) / len(current)).sum() / 2)
    return answer


def plain(value):
    return None if np.isnan(value) else "Infinity" if np.isinf(value) else float(value)


def tidy(answer):
    return {name: [plain(each) for each in value] if isinstance(value, list) else plain(value) for name, value in answer.items()}


pairs = {
    "normal": (rng.normal(0, 1, 400), rng.normal(0.1, 1, 300)),
    "same size": (rng.normal(0, 1, 250), rng.normal(0.2, 1, 250)),
    "far apart": (rng.normal(0, 1, 200), rng.normal(3, 1, 150)),
    "ties": (rng.integers(0, 30, 500) / 2, rng.integers(2, 33, 450) / 2),
    "whole numbers": (rng.integers(0, 200, 900), rng.integers(5, 220, 800)),
    "whole numbers, narrow": (rng.integers(0, 24, 900), rng.integers(1, 25, 800)),
    "few values": (rng.integers(0, 4, 300), rng.integers(0, 5, 200)),
    "heavy tails": (rng.standard_cauchy(600), rng.standard_cauchy(500) * 1.5),
    "far from zero": (1e6 + rng.normal(0, 1, 300), 1e6 + rng.normal(0.3, 1, 300)),
    "tiny": (rng.normal(0, 1e-12, 300), rng.normal(0, 2e-12, 300)),
    "constant reference": (np.full(50, 3.0), np.append(np.full(49, 3.0), 4.0)),
    "small": (rng.normal(0, 1, 7), rng.normal(1, 1, 9)),
    "smallest": (np.array([1.0, 2.5, 4.0]), np.array([2.0, 3.0])),
    "eighteen and twenty": (rng.normal(0, 1, 18), rng.normal(0.5, 1, 20)),
    "small with ties": (rng.integers(0, 5, 12).astype(float), rng.integers(0, 6, 15).astype(float)),
    "same": (np.arange(100.0), np.arange(100.0)),
    "more than exact": (rng.normal(0, 1, 3000), rng.normal(0.02, 1, 12000)),
    "few beside many": (rng.normal(0, 1, 60), rng.normal(0.3, 1, 10500)),
}
labels = np.array(list("abcdefgh"))
texts = {
    "four": (rng.choice(labels[:4], 500), rng.choice(labels[:4], 400, p=[0.3, 0.3, 0.2, 0.2])),
    "two": (rng.choice(labels[:2], 300), rng.choice(labels[:2], 200, p=[0.6, 0.4])),
    "new": (rng.choice(labels[:3], 300), rng.choice(labels[:5], 300)),
    "vanished": (rng.choice(labels[:8], 300), rng.choice(labels[:5], 300)),
    "rare": (rng.choice(labels[:3], 30000, p=[0.99995, 0.00003, 0.00002]), rng.choice(labels[:3], 3000)),
    "one": (np.full(40, "a"), np.full(30, "a")),
}
kolmogorov = [[n1, n2, d] for n1, n2 in [(20000, 20000), (20000, 50), (10500, 140), (11000, 400), (1000000, 1000000), (300000, 20)]
              for d in (0.0003, 0.0012, 0.004, 0.02, 0.045, 0.08, 0.2, 0.5, 0.9)]
exact = [[n1, n2, d] for n1, n2 in [(10, 10), (10, 7), (1000, 1000), (1000, 999), (9000, 10000), (64, 96)] for d in (0.01, 0.05, 0.1, 0.3, 0.7, 1)]


def smirnov(n1, n2, d):
    lcm = np.lcm(n1, n2)
    steps = round(d * lcm)
    if max(n1, n2) <= 10_000:
        answer = stats._stats_py._attempt_exact_2kssamp(n1, n2, np.gcd(n1, n2), steps / lcm, "two-sided")
        return [n1, n2, steps / int(lcm), float(answer[2])]
    return [n1, n2, d, float(np.clip(stats.kstwo.sf(d, np.round(n1 * n2 / (n1 + n2))), 0, 1))]


print(json.dumps({
    "numbers": [{"name": name, "reference": r.tolist(), "current": c.tolist(), "integers": bool(r.dtype.kind == c.dtype.kind == "i"),
                 "answers": tidy(numbers(r, c))} for name, (r, c) in pairs.items()],
    "categories": [{"name": name, "reference": r.tolist(), "current": c.tolist(), "answers": tidy(categories(r, c))}
                   for name, (r, c) in texts.items()],
    "smirnov": [smirnov(*case) for case in kolmogorov + exact],
}))
