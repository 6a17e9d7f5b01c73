"""Training of language models: published runs, constants from them, errors of predictions."""
