"""Rules of fit: labelled cases and published builds, and what the rules say of them."""
