"""HE: heritage against what is planned, built and laid."""
