"""Clients of intake to copy: each file stands alone and imports nothing of QCDC."""
