"""`gpt2dash train`: a tokenizer and a GPT-2 from text files."""

from gpt2dash.cli.output import write_line
from gpt2dash.training.plan import Plan
from gpt2dash.training.run import train


def train_model(plan: Plan) -> None:
    """Train to the end of the budget, then say what came of it.

    Raises:
        PublicError: the run cannot be made; the sentence says why.
    """
    facts = train(plan)
    heldout = facts["heldout"]
    quality = f", {heldout['bits_per_byte']:.3f} bits per byte of held-out text" if heldout else ""
    write_line(f"{plan.out}: {facts['model']['n_params']:,} parameters{quality}")
    write_line(f"See it with: gpt2dash serve --model {plan.out}")
