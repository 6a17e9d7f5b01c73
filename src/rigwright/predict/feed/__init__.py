"""The input side of a step: drive, main memory, decoding and the bus, and what one core does."""

from rigwright.predict.feed.cores import core_speed, full_cores, host_scale, per_clock
from rigwright.predict.feed.stages import UNSAID, fed, feed, needed_items, remedies
from rigwright.predict.feed.storage import (
    RAM_SHARE_FOR_CACHE,
    cached_share,
    class_iops,
    drive_words,
    storage_items_per_s,
    with_class,
)
