def apply(findings, workspace, as_of):
    return list(findings)
