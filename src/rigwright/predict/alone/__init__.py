"""One kernel alone on an idle chip."""
