"""Times the encoder of torch_peer.py on request.

    python torch_encoder.py PATH/torch_peer.py

Reads lines "forward|backward BATCH LENGTH RUNS" and answers each with the median of the milliseconds. The gradient is that of the first
20 rows of each series.
"""
import statistics
import sys
import time

source = open(sys.argv[1]).read()
# Its definitions alone: what follows times by itself.
exec(compile(source[:source.index('print("env:"')], sys.argv[1], "exec"))
encoder = Bert().eval()
print("ready", torch.__version__, flush=True)
for line in sys.stdin:
    work, batch, length, runs = line.split()
    rows = torch.randn(int(batch), int(length), 384)
    prompt, rest = rows[:, :20].clone().requires_grad_(True), rows[:, 20:].clone()

    def step():
        if work == "forward":
            with torch.no_grad():
                encoder(rows)
            return
        prompt.grad = None
        encoder(torch.cat([prompt, rest], 1)).pow(2).mean().backward()

    step()
    times = []
    for _ in range(int(runs)):
        start = time.perf_counter()
        step()
        times.append((time.perf_counter() - start) * 1e3)
    print(statistics.median(times), flush=True)
