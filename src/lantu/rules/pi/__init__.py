"""PI: pipelines against buildings, parcels and one another."""
