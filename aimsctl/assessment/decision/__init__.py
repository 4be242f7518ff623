"""Is a certificate worth it: the certification case and the state of the workspace weighed."""
