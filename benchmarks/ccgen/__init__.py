"""What internalization is worth on CC-Gen: arms, sweeps and probes. See README.md beside this."""
