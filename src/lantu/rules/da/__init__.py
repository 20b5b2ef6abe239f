"""Data rules: what a delivery lacks, repeats, or says in a way that cannot be used."""
