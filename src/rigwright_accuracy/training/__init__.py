"""Training of language models: published runs, constants fitted on them, errors of predictions."""
