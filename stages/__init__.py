"""From a model and data to the next checkpoint: one file a training stage, and the evaluation."""
