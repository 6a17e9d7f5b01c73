"""Where a model to trace comes from: the user's file, timm, transformers."""
