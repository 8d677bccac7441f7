"""gpt2dash: why did GPT-2 write this?"""

import os

__version__ = "0.1.0"

# Threads of torch that wait for each other must sleep, not spin: where other work shares the cores,
# spinning threads keep the ones they wait for from running, and a token takes 50 times as long.
# OpenMP reads this once, when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
