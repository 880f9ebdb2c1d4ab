"""How big, how deep and how odd an event may be; sizes in bytes of UTF-8, depths in brackets."""

from datetime import UTC, datetime, timedelta

MAX_BODY = 4 << 20  # one request after inflation; Rudder's clients stop at 4 MB, Segment's at 500 KB
MAX_BATCH_EVENTS = 20_000
MAX_SHARED_CONTEXT = 8 << 10  # what a batch says for all its events
MAX_EVENT = 40 << 10  # clients stop at 32 KB and count a little differently, hence the slack
MAX_STRING = 32 << 10
MAX_DEPTH = 32  # the event itself is the first level
MAX_KEYS = 255  # per object
MAX_KEY_LENGTH = 255  # signs
MAX_NAME = 255  # signs, of an action, object, category, occasion ...
MAX_IDENTIFIER = 512  # signs
MAX_MESSAGE_ID = 100  # signs; longer ones are hashed

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
FURTHEST_AHEAD = timedelta(hours=24)
CLOCK_TOLERANCE = timedelta(seconds=5)  # a difference this small is the way through the net, not a wrong clock
