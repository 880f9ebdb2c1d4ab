"""`desk.segments`: what pages and notebooks ask about segments; and what people wrote about them, in segments.json."""

from kundskab.pipeline.segments.desk import Segments
from kundskab.pipeline.segments.kept import Kept, Naming, Written, read_kept

__all__ = ["Kept", "Naming", "Segments", "Written", "read_kept"]
