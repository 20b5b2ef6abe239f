"""BU: buildings against parcels and plan."""
