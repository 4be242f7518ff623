"""How fast aimsctl is, measured beside its peers on the same files in the same run."""
