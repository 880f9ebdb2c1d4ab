"""What pages and notebooks ask of predictions and of the undervalued; computed by refresh, judged when read."""

from kundskab.pipeline.foretelling.live import Live
from kundskab.pipeline.foretelling.predictions import Predictions
from kundskab.pipeline.foretelling.undervalued import Undervalued

__all__ = ["Live", "Predictions", "Undervalued"]
