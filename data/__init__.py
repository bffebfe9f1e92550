"""From a `PolicySpec` to training and evaluation sets; see `data.synthesize`."""
