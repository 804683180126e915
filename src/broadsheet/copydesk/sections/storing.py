"""A learned model as bytes, for a row of the database or a file, and back. Nothing in them is ever executed."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from dataclasses import asdict

import numpy as np

from broadsheet.copydesk.sections.habits import Habits
from broadsheet.copydesk.sections.judge import Model
from broadsheet.copydesk.sections.likeness import Net
from broadsheet.copydesk.sections.settings import Settings

FORM = 1
"""Of these bytes; another form is refused."""

_LAYERS = ("inner", "inner_constants", "outer", "outer_constants")


def packed(model: Model) -> bytes:
    """The model. Numbers of the words' table are kept in half precision: a few megabytes at 15,000 pairs."""
    seen = np.flatnonzero(model.table.any(axis=1)).astype(np.int32)
    counted = sorted(model.habits.counts)
    about = {
        "form": FORM,
        "keys": model.keys,
        "names": model.names,
        "pairs": model.pairs,
        "settings": asdict(model.settings),
        "size": len(model.table),
        "habits": counted,
        "languages": sorted(model.languages),
    }
    arrays = {
        "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
        "seen": seen,
        "table": model.table[seen].astype(np.float16),
        "shares": model.habits.shares,
        "counts": np.array([model.habits.counts[key] for key in counted], np.float32).reshape(-1, len(model.keys)),
    }
    if model.net is not None:
        arrays |= {name: getattr(model.net, name) for name in _LAYERS}
    if model.described is not None:
        arrays["described"] = model.described
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)  # type: ignore[arg-type]
    return out.getvalue()


def unpacked(stored: bytes) -> Model:
    """The model of such bytes; ValueError where they are none of ours or of another form."""
    try:
        with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
            about = json.loads(arrays["about"].tobytes())
            if about["form"] != FORM:
                raise ValueError(f"a model of form {about['form']}, not {FORM}")
            keys = tuple(about["keys"])
            table = np.zeros((about["size"], len(keys)), np.float32)
            table[arrays["seen"]] = arrays["table"]
            counts = dict(zip(about["habits"], arrays["counts"], strict=True))
            return Model(
                keys=keys,
                names=tuple(about["names"]),
                pairs=about["pairs"],
                settings=Settings(**about["settings"]),
                habits=Habits(keys, counts, arrays["shares"]),
                table=table,
                net=Net(*(arrays[name] for name in _LAYERS)) if "inner" in arrays else None,
                described=arrays.get("described"),
                languages=frozenset(about.get("languages", ("en",))),
            )
    except (KeyError, TypeError, IndexError, EOFError, OSError, zipfile.BadZipFile, zlib.error) as problem:
        raise ValueError(f"no model of sections: {problem}") from None
