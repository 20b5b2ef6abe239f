"""The planted benchmark: districts whose every contradiction is known, and how many of them Lantu finds.

A district is a field of cells, each a small block with parcels, plan, survey, building, road, pipes and
heritage. In most cells one rule is broken, by a known multiple of its tolerance; the others are left as they
should be. Every department then measures the ground itself, with an error of known size, in its own
coordinate system.
"""
