"""The four rules for context anomalies as a loop over SciPy's tests, timed.

    python scipy_labels.py FILE STEP ROUNDS

FILE holds the values of a series, one a line. Every STEP-th split is tested; the time of the splits is multiplied by STEP.
Prints the seconds of a label in each of ROUNDS rounds, then the smallest p-values of the t-test and of Levene's test found.
"""
import sys
import time

import numpy as np
import scipy.stats as st

x, step, rounds = np.loadtxt(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
n = len(x)
t = np.arange(1, n + 1)


def rest():
    line = st.linregress(t, x)
    jumps = np.abs(np.diff(x))
    return abs(line.slope) > 0.01 and line.pvalue < 0.05, bool((jumps > jumps.mean() + 3 * jumps.std()).any())


def splits():
    shift = volatility = 1.0
    for k in range(2, n - 1, step):
        shift = min(shift, st.ttest_ind(x[:k], x[k:]).pvalue)
        volatility = min(volatility, st.levene(x[:k], x[k:], center="median").pvalue)
    return shift, volatility


for _ in range(rounds):
    start = time.perf_counter()
    rest()
    middle = time.perf_counter()
    best = splits()
    print("seconds", middle - start + step * (time.perf_counter() - middle))
print("best", *best)
