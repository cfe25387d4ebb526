"""A held-out page laid out to be read by a person: gold text, and every block with what became of it."""

from benchmarks.quality.data import Sample
from benchmarks.quality.held_out import HeldOutPage
from benchmarks.quality.oracle import oracle_f1

MAX_BLOCK_CHARACTERS = 300
CONTENT_LABEL = 0.5


def headline(page: HeldOutPage) -> str:
    """Say which page it is and how well it went, on one line."""
    precision, recall, f1 = page.scores["balanced"]
    numbers = f"F1 {f1:.3f}  precision {precision:.3f}  recall {recall:.3f}  confidence {page.confidence:.2f}"
    return f"{numbers}  {page.dataset} {page.id}  {page.form} {page.type or '-'} {page.language or '-'}"


def reading_sheet(page: HeldOutPage, sample: Sample) -> str:
    """Return the page as text to read: every block with its verdict, its label and its probability, then the gold.

    Marks: ``+`` kept and gold, ``L`` leftover kept, ``X`` gold cut, ``.`` rightly cut.
    """
    rows = zip(page.blocks, page.labels, page.probabilities, page.keep["balanced"], strict=True)
    blocks = [f"{_mark(flag, label)} {label:.2f} {chance:.2f} {_short(text)}" for text, label, chance, flag in rows]
    head = f"{headline(page)}\n{sample.url or ''}\nceiling {oracle_f1(page, sample.gold):.3f}"
    return "\n".join([head, *blocks, "\n=== gold ===", sample.gold, ""])


def _mark(flag: str, label: float) -> str:
    if flag == "1":
        return "+" if label >= CONTENT_LABEL else "L"
    return "X" if label >= CONTENT_LABEL else "."


def _short(text: str) -> str:
    return text if len(text) <= MAX_BLOCK_CHARACTERS else f"{text[:MAX_BLOCK_CHARACTERS]}… ({len(text)} characters)"
