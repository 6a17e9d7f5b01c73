"""Parts lists as people paste them: exports, tables, bullets, receipts -> plain lines."""

from rigwright.catalog.paste.reader import Line, read_line, read_list
