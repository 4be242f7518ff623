"""Floor 3: "which controls ran for this model version, how was this output reviewed, show me": asked and answered."""
