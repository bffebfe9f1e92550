"""The components that stand in for spaCy's own say the same, word for word."""

from pathlib import Path

import numpy as np
import pytest

from parsers.language import MODEL, lightened, sentences
from parsers.reading import read

model = pytest.importorskip(MODEL)
ODD = [
    "", " ", "\n", "a  b", "naïve", "Let's see.", "I'm gonna wait, y'all.", "We've gotta go.",
    "It ain't so.", "There is a fee.", "There's none, but one.", "C'm on, don't!",
    "€ 1,200.50 (24 hours)",
]  # fmt: skip


@pytest.mark.parametrize("batch", [1, 7, 256])
def test_the_lighter_pipeline_is_the_models_own(batch: int) -> None:
    own, lighter = model.load(exclude=["ner"]), lightened(model.load(exclude=["ner"]))
    text = read(Path("data/policies/hotel-front-desk.txt")).text
    texts = ODD + [text[start:end] for start, end in sentences(text)] + ODD
    for mine, theirs in zip(lighter.pipe(texts, batch_size=batch), map(own, texts), strict=True):
        assert mine.to_json() == theirs.to_json()
        assert np.allclose(mine.tensor, theirs.tensor, atol=1e-4)
