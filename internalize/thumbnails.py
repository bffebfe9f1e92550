"""Pictures on a page that stands alone: small, and inside it.

In: a picture's file. Out: an `<img>` whose source is a data URI; texts with the pictures they show.
"""

from __future__ import annotations

import base64
import io
from functools import cache
from pathlib import Path

from markupsafe import Markup, escape

from data.prompts import Pictures, parts

SIDE = 224
"""The most pixels of a picture's width and height."""


@cache
def image(path: Path) -> Markup:
    """The picture, no larger than need be to see what is on it; its name if it is gone."""
    from PIL import Image

    try:
        with Image.open(path) as picture:
            small = picture.convert("RGB")
    except OSError:
        return escape(f"[{path.name}]")
    small.thumbnail((SIDE, SIDE))
    file = io.BytesIO()
    small.save(file, "JPEG", quality=85)
    content = base64.b64encode(file.getvalue()).decode()
    source = f"data:image/jpeg;base64,{content}"
    return Markup('<img src="{}" alt="{}" width="{}" height="{}">').format(
        source, path.name, *small.size
    )


def illustrated(text: str, pictures: Pictures) -> Markup:
    """The text, escaped, with those of the pictures that it shows as Markdown in their places."""
    shown = {name: path for name, path in pictures.items() if f"]({name}" in text}
    return Markup("").join(
        image(Path(part["image"])) if part["type"] == "image" else escape(part["text"])
        for part in parts(text, shown)
    )
